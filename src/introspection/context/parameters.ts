import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { parse, queryRecord } from '../../http/parse.ts'
import { type Detail, details } from '../model/detail.ts'
import { parseMatch, type Term } from '../model/match.ts'

/** The frame of an answer alone takes about this many tokens, so a smaller `maxTokens` is refused. */
const minTokens = 400

const parametersSchema = z.object({
  detail: z.enum(details).optional(),
  match: z.string().max(200).optional(),
  maxTokens: z.coerce.number().int().min(minTokens).max(10_000_000).optional(),
})

/** What a client wants to see of the project, and how long the answer may be. */
export interface ContextParameters {
  readonly detail: Detail
  /** Null for everything. */
  readonly terms: readonly Term[] | null
  readonly maxTokens: number | null
  /** True without any parameter: the answer then has exactly the keys of docs/contracts/introspection.md, 4.1. */
  readonly isPlain: boolean
}

/**
 * Parses `detail`, `match` and `maxTokens`; other parameters are ignored.
 *
 * @throws StudioError `bad_request` that names every parameter at fault.
 */
export function parseParameters(url: URL): ContextParameters {
  const query = parse(parametersSchema, queryRecord(url), 'query')
  const { detail = 'full', match, maxTokens = null } = query
  const terms = match === undefined ? null : parseMatch(match)
  if (terms?.length === 0) throw badRequest('Invalid query: match: contains no name')
  return { detail, terms, maxTokens, isPlain: Object.keys(query).length === 0 }
}
