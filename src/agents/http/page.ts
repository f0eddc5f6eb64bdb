import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Page, PageRequest } from '../../storage/store.ts'

/** `limit` of every list: plain decimal digits from 1; above 100 is clamped (contract runs.md D.1). */
const limitSchema = z
  .string()
  .regex(/^0*[1-9]\d*$/, 'must be a whole number from 1, in plain digits')
  .transform((digits) => Math.min(Number(digits), 100))
  .default(50)

/** The query parameters every list takes. */
export const pageQuery = {
  limit: limitSchema,
  cursor: z.string().optional(),
}

/** Scopes a page to the caller's tenant. */
export function toPageRequest(
  query: { limit: number; cursor?: string | undefined },
  exchange: Exchange,
): PageRequest {
  return { tenant: tenantOf(exchange), limit: query.limit, cursor: query.cursor ?? null }
}

/** The tenant whose rows a request may see; without `auth` there is one, the empty name. */
export function tenantOf({ principal }: Exchange): string {
  return principal?.tenant ?? ''
}

/** Shows a page: its items under their name, and `nextCursor` when there is more. */
export function toWirePage<T>(
  name: string,
  { items, cursor }: Page<T>,
  show: (item: T) => JsonObject,
): JsonObject {
  return { [name]: items.map(show), ...(cursor === null ? {} : { nextCursor: cursor }) }
}
