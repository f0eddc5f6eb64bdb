import { type Detail, details } from '../model/detail.ts'
import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { parse, queryRecord } from '../../http/parse.ts'
import { parseMatch, type Term } from '../model/match.ts'

/** Fewest tokens an answer can be held to: its frame alone takes this much. */
export const fewestTokens = 400

const contextQuerySchema = z.object({
  detail: z.enum(details).optional(),
  match: z.string().max(200).optional(),
  maxTokens: z.coerce.number().int().min(fewestTokens).max(10_000_000).optional(),
})

/** What a client wants to know of the project, and how long the answer may be. */
export interface ContextQuery {
  readonly detail: Detail
  /** Null for everything. */
  readonly terms: readonly Term[] | null
  readonly maxTokens: number | null
  /** True when none of it was asked for: the answer is the contract's, to the letter. */
  readonly isPlain: boolean
}

/** @throws StudioError `bad_request` that names every parameter at fault; those without a meaning here are ignored. */
export function parseContextQuery(url: URL): ContextQuery {
  const query = parse(contextQuerySchema, queryRecord(url), 'query')
  const { detail = 'full', match, maxTokens = null } = query
  const terms = match === undefined ? null : parseMatch(match)
  if (terms?.length === 0) throw badRequest('Invalid query: match: names nothing')
  return { detail, terms, maxTokens, isPlain: Object.keys(query).length === 0 }
}
