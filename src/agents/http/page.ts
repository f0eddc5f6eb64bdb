import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import type { PageRequest } from '../../storage/store.ts'

/** `limit` in plain decimal digits, from 1; above 100 it is clamped. */
const limitSchema = z
  .string()
  .regex(/^0*[1-9]\d*$/, 'must be a whole number from 1, in plain digits')
  .transform((digits) => Math.min(Number(digits), 100))
  .default(50)

/** The query parameters that every list takes. */
export const pageQuery = {
  limit: limitSchema,
  cursor: z.string().optional(),
}

/** The parsed values of `pageQuery`. */
export interface PageQuery {
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Scopes a page to the caller's tenant. */
export function toPageRequest({ limit, cursor }: PageQuery, exchange: Exchange): PageRequest {
  return { tenant: tenantOf(exchange), limit, cursor: cursor ?? null }
}

/** Returns the tenant whose rows the caller may see: the empty name for a caller without one. */
export function tenantOf({ principal }: Exchange): string {
  return principal?.tenant ?? ''
}
