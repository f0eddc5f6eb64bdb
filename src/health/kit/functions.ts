import type { CatalogFunction } from '../../project/catalog/catalog.ts'
import type { Inspected } from './inspected.ts'

/** Lists the functions and procedures that resolve names through the caller's `search_path`, without those of extensions. */
export function withoutSearchPath({ catalog }: Inspected): readonly CatalogFunction[] {
  return catalog.functions.filter(
    ({ kind, language, settings, extension, hasBoundBody }) =>
      extension === null &&
      !hasBoundBody &&
      (kind === 'function' || kind === 'procedure') &&
      language !== 'c' &&
      language !== 'internal' &&
      !settings.some((setting) => setting.startsWith('search_path=')),
  )
}

/**
 * What to do about a function that depends on the `search_path` of its caller. There is no statement that is right for every
 * function: only its author knows which schemas its body uses.
 */
export const searchPathAdvice =
  'Qualify the names in the body, or add SET search_path with pg_catalog, all schemas that the body uses, also those of its extensions, and pg_temp at the end. A function in SQL with SET is no longer inlined into queries.'
