import { badRequest } from '../../errors.ts'
import type { Detail } from '../model/detail-levels.ts'
import { parseMatch, type Term } from '../model/match.ts'
import type { ContextQuery } from './wire.ts'

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
 * Fills in what the query leaves open.
 *
 * @throws StudioError `bad_request` for a `match` without a name.
 */
export function toParameters(query: ContextQuery): ContextParameters {
  const { detail = 'full', match, maxTokens = null } = query
  const terms = match === undefined ? null : parseMatch(match)
  if (terms?.length === 0) {
    const fault = { path: 'match', message: 'contains no name' }
    throw badRequest(`Invalid query: ${fault.path}: ${fault.message}`, [fault])
  }
  return { detail, terms, maxTokens, isPlain: Object.keys(query).length === 0 }
}
