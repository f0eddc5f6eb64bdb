import { toIdentifier } from '../../health/kit/identifiers.ts'
import { quotePlainLiteral } from '../../lib/sql.ts'
import type { CatalogColumn } from '../../project/catalog/catalog.ts'
import type { NewCheck } from './model-change.ts'
import { quotedWords } from './new-name.ts'

/** Writes the definition of a check as `pg_get_constraintdef` prints it; or says why it cannot be predicted. */
export function toCheckDefinition(
  check: NewCheck,
  column: CatalogColumn,
): { readonly sql: string } | { readonly fault: string } {
  const { baseType, isArray, domain, collation, name, type } = column
  if (isArray || domain) return { fault: `A check of ${type} is not supported` }
  if (quotedWords.has(name)) return { fault: `PostgreSQL quotes the name ${name} here and there` }
  const printed = toIdentifier(name)
  if (check.kind === 'compare') {
    const value = toOperand(check.value, baseType)
    if (value === null) return { fault: `${type} is not compared with a whole number here` }
    return { sql: `CHECK ((${printed} ${check.operator} ${value}))` }
  }
  const values = check.values
  if (baseType !== 'text' || collation !== null) {
    return { fault: `A list of values needs a text, and ${type} is none` }
  }
  if (new Set(values).size < values.length) return { fault: 'A value is listed twice' }
  if (values.some((value) => value.includes('\\') || value.includes('\0'))) {
    return { fault: 'A value has a backslash or NUL, which is not supported' }
  }
  const list = values.map((value) => `${quotePlainLiteral(value)}::text`).join(', ')
  return { sql: `CHECK ((${printed} = ANY (ARRAY[${list}])))` }
}

/** Writes a whole number as the right side of a comparison; null for a type that PostgreSQL compares in another way. */
function toOperand(value: number, baseType: string): string | null {
  const literal = value < 0 ? `'${value}'::integer` : String(value)
  if (/^int[248]$/.test(baseType)) return literal
  if (baseType !== 'numeric') return null
  return value < 0 ? `('${value}'::integer)::numeric` : `(${literal})::numeric`
}
