import type { Row } from '../../../project/database.ts'
import { toTime } from '../../core/compare.ts'
import type { MigrationFiles } from '../../core/files.ts'

/** A row of the history table of Drizzle. */
export interface DrizzleRow {
  /** SHA-256 in hex of the file at the time it ran. */
  readonly hash: string
  /** When the migration was generated, in milliseconds; not when it ran. */
  readonly createdAt: number | null
  /** Null before Drizzle 1. */
  readonly name: string | null
  readonly appliedAt: number | null
}

/** Parses the rows of the history table, in their order. */
export function toDrizzleRows(rows: readonly Row[] | null | undefined): DrizzleRow[] {
  return (rows ?? []).map(([hash, createdAt, name, appliedAt]) => ({
    hash: String(hash),
    createdAt: toTime(createdAt),
    name: typeof name === 'string' ? name : null,
    appliedAt: toTime(appliedAt),
  }))
}

/** Converts a row to a record of the app. A row without a name is named by the beginning of its hash. */
export function toRowRecord(app: string, row: DrizzleRow, name = row.name) {
  return { app, name: name ?? `sha256:${row.hash.slice(0, 12)}`, appliedAt: row.appliedAt }
}

/** Reads a JSON file; resolves to null if it is not valid JSON. */
export async function readJsonFile(files: MigrationFiles, path: string): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await files.read(path)))
  } catch {
    return null
  }
}
