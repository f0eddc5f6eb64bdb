import { toName } from '../../health/kit/identifiers.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { isRecord } from '../../lib/json.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import { toStructure } from '../schema/catalog-structure.ts'

/** How many differences are told. */
const maxDifferences = 20

/**
 * Says where two catalogs differ, as `table shop.orders: columns, indexes`. What is hidden is counted together, without its
 * names.
 */
export function compareStructure(
  expected: Catalog,
  found: Catalog,
  hidden: ReadonlySet<string>,
): string[] {
  const [before, after] = [listObjects(expected), listObjects(found)]
  const differences: string[] = []
  let withheld = 0
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [one, other] = [before.get(key), after.get(key)]
    if (canonicalJson(one ?? null) === canonicalJson(other ?? null)) continue
    const [kind, name] = JSON.parse(key) as [string, string]
    if (hidden.has(name)) withheld++
    else differences.push(`${kind} ${name}: ${describe(one, other)}`)
  }
  const more = differences.length - maxDifferences
  return [
    ...differences.slice(0, maxDifferences),
    ...(more > 0 ? [`${more} more objects`] : []),
    ...(withheld > 0 ? [`${withheld} objects that the project does not show`] : []),
  ]
}

const kinds: Readonly<Record<string, string>> = {
  tables: 'table',
  views: 'view',
  enums: 'enum',
  domains: 'domain',
  composites: 'type',
  sequences: 'sequence',
  functions: 'function',
  schemas: 'schema',
  extensions: 'extension',
}

function listObjects(catalog: Catalog): Map<string, Record<string, unknown>> {
  const objects = new Map<string, Record<string, unknown>>()
  for (const [list, items] of Object.entries(toStructure(catalog))) {
    for (const item of Array.isArray(items) ? (items as unknown[]) : []) {
      if (!isRecord(item)) continue
      const { schema, name, arguments: signature } = item
      const place = typeof schema === 'string' ? toName({ schema, name: String(name) }) : name
      const suffix = typeof signature === 'string' ? `(${signature})` : ''
      objects.set(JSON.stringify([kinds[list] ?? list, `${String(place)}${suffix}`]), item)
    }
  }
  return objects
}

function describe(
  expected: Record<string, unknown> | undefined,
  found: Record<string, unknown> | undefined,
): string {
  if (!expected) return 'was not expected'
  if (!found) return 'is missing'
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])]
  const differing = names.filter(
    (name) => canonicalJson(expected[name] ?? null) !== canonicalJson(found[name] ?? null),
  )
  return `other ${differing.sort().join(', ')}`
}
