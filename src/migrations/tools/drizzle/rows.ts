import type { Row } from '../../../project/database.ts'
import { toTime } from '../../core/compare.ts'
import type { MigrationFiles } from '../../core/files.ts'

/** A row of Drizzle's table. */
export interface DrizzleRow {
  /** SHA-256 in hex of the file as it ran. */
  readonly hash: string
  /** The migration's own time in milliseconds, not that of the run. */
  readonly createdAt: number | null
  /** Null before Drizzle 1. */
  readonly name: string | null
  readonly appliedAt: number | null
}

/** Reads the rows of Drizzle's table, in their order. */
export function toDrizzleRows(rows: readonly Row[] | null | undefined): DrizzleRow[] {
  return (rows ?? []).map(([hash, createdAt, name, appliedAt]) => ({
    hash: String(hash),
    createdAt: toTime(createdAt),
    name: typeof name === 'string' ? name : null,
    appliedAt: toTime(appliedAt),
  }))
}

/** A row as a record of the app; without a name it goes by the beginning of its hash. */
export function toRowRecord(app: string, row: DrizzleRow, name = row.name) {
  return { app, name: name ?? `sha256:${row.hash.slice(0, 12)}`, appliedAt: row.appliedAt }
}

/** Reads a JSON file; null when it is none. */
export async function readJsonFile(files: MigrationFiles, path: string): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await files.read(path)))
  } catch {
    return null
  }
}
