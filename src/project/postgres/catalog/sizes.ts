import { append } from '../../../lib/groups.ts'
import type { CatalogRows, RelationRow } from './rows.ts'

/** The estimated rows and bytes, as of the last ANALYZE or VACUUM. */
export interface Size {
  /** Null when the table was never analyzed. */
  readonly rows: number | null
  readonly bytes: number
}

/** Returns a function that estimates the size of a table; a partitioned table has the sum of its partitions. */
export function sizeReader({
  server,
  relations,
  inherits,
}: CatalogRows): (row: RelationRow) => Size {
  const [[, , blockSize] = [0, '', 0]] = server
  const byOid = new Map(relations.map((row) => [row[0], row]))
  const partitions = new Map<string, RelationRow[]>()
  for (const [oid, parent] of inherits) {
    const row = byOid.get(oid)
    if (row && row[13] !== null) append(partitions, parent, row)
  }

  const sizeOf = (row: RelationRow): Size => {
    const size = { rows: row[8] < 0 ? null : row[8], bytes: row[9] * blockSize }
    const parts = partitions.get(row[0])
    if (row[3] !== 'p' || !parts) return size
    const sizes = parts.map(sizeOf)
    const known = sizes.flatMap(({ rows }) => rows ?? [])
    return {
      rows: known.length > 0 ? known.reduce((sum, rows) => sum + rows, 0) : null,
      bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    }
  }
  return sizeOf
}
