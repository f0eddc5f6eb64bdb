import type { Row } from '../../../project/database.ts'
import { toTime } from '../../core/compare.ts'
import { compareVersions, type FlywayFile, toFlywayVersion } from './script-name.ts'

/** A row of the history that still holds. */
export interface FlywayRow {
  /** Its script without `.sql`. */
  readonly name: string
  /** Null for repeatable migrations. */
  readonly version: string | null
  readonly description: string
  readonly checksum: number | null
  /** Milliseconds since 1970; null for failures. */
  readonly appliedAt: number | null
  /** False if it failed. */
  readonly isDone: boolean
  /** False for migrations in code, whose files are ignored. */
  readonly isSql: boolean
  /** True for baseline scripts. */
  readonly isBaseline: boolean
}

/** The history of Flyway after undo, delete and repeat rows are applied. */
export interface FlywayHistory {
  /** The last row of each migration, oldest first, without those that were undone or deleted. */
  readonly rows: readonly FlywayRow[]
  /** Versions that ran and were undone. */
  readonly undone: ReadonlySet<string>
  /** Version of the baseline; null without one. */
  readonly baseline: string | null
  /** Greatest version that ran; null without one. */
  readonly greatest: string | null
  /** Returns the row of a script. */
  find(file: FlywayFile): FlywayRow | undefined
}

/** Reads rows of `version, description, type, script, checksum, time, success`, oldest first. */
export function toFlywayHistory(rows: readonly Row[]): FlywayHistory {
  const held = new Map<string, FlywayRow>()
  const undone = new Set<string>()
  let baseline: string | null = null
  for (const row of rows) {
    const type = String(row[2])
    const one = toFlywayRow(row, type)
    const key = toKey(one)
    if (type === 'SCHEMA') continue
    if (type === 'BASELINE') baseline = one.version
    else if (type.startsWith('UNDO') && one.isDone) {
      held.delete(key)
      undone.add(one.version ?? '')
    } else if (type === 'DELETE') held.delete(key)
    else if (!type.startsWith('UNDO')) {
      held.delete(key)
      held.set(key, one)
      undone.delete(one.version ?? '')
      if (one.isBaseline && one.isDone) baseline = one.version
    }
  }
  const all = [...held.values()]
  const versions = all.flatMap(({ version, isDone }) => (version !== null && isDone ? version : []))
  return {
    rows: all,
    undone,
    baseline,
    greatest: versions.sort(compareVersions).at(-1) ?? null,
    find: (file) => held.get(toKey({ ...file, isBaseline: file.kind === 'baseline' })),
  }
}

function toFlywayRow(row: Row, type: string): FlywayRow {
  const [version, description, , script, checksum, time, success] = row
  const isDone = Number(success) === 1
  return {
    name: String(script).replace(/\.sql$/, ''),
    version: typeof version === 'string' ? toFlywayVersion(version) : null,
    description: String(description),
    checksum: toTime(checksum),
    appliedAt: isDone ? toTime(time) : null,
    isDone,
    isSql: type.startsWith('SQL'),
    isBaseline: /^SQL_BASELINE|^BASELINE_/.test(type),
  }
}

/** The key of a row. Versions, descriptions and baselines must not collide: a baseline may have a version's number. */
function toKey(one: Pick<FlywayRow, 'version' | 'description' | 'isBaseline'>): string {
  if (one.version === null) return `R ${one.description}`
  return `${one.isBaseline ? 'B' : 'V'} ${one.version}`
}
