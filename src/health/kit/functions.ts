import type { CatalogFunction } from '../../project/catalog/catalog.ts'
import { toIdentifier, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'

/** Lists the functions and procedures that resolve names through the caller's `search_path`, without those of extensions. */
export function withoutSearchPath({ catalog }: Inspected): readonly CatalogFunction[] {
  return catalog.functions.filter(
    ({ kind, language, settings, extension }) =>
      extension === null &&
      (kind === 'function' || kind === 'procedure') &&
      language !== 'c' &&
      language !== 'internal' &&
      !settings.some((setting) => setting.startsWith('search_path=')),
  )
}

/** Returns the statement that sets the `search_path` of a function to its own schema. */
export function toSearchPathFix(routine: CatalogFunction): string {
  const path = [...new Set(['pg_catalog', routine.schema])].map(toIdentifier).join(', ')
  const keyword = routine.kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION'
  return `ALTER ${keyword} ${toQualified(routine)}(${routine.arguments}) SET search_path = ${path}, pg_temp;`
}
