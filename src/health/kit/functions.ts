import type { CatalogFunction } from '../../project/catalog/catalog.ts'
import { toIdentifier, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'

/** Functions and procedures somebody wrote that find what they name by the caller's `search_path`. */
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

/** Fixes the path a function looks along to its own schema. */
export function toPathFix(routine: CatalogFunction): string {
  const path = [...new Set(['pg_catalog', routine.schema])].map(toIdentifier).join(', ')
  const what = routine.kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION'
  return `ALTER ${what} ${toQualified(routine)}(${routine.arguments}) SET search_path = ${path}, pg_temp;`
}
