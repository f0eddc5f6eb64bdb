import type { Comparison, MigrationSource, MigrationStatus } from '../../../project/source.ts'
import { findLinearConflicts, newestRecord, toSentenceList, toStatus } from '../../core/compare.ts'
import { fileSource } from '../../core/file-source.ts'
import type { MigrationFiles } from '../../core/files.ts'
import { compareFiles, type FlywayFile, toFlywayChecksum, toFlywayFile } from './script-name.ts'
import { type FlywayHistory, type FlywayRow, toFlywayHistory } from './history.ts'
import { findDuplicateScripts, isLate, toBaselineStatus, toMissing } from './states.ts'
import { type TableOptions, timeOf, toPlaces } from '../../core/table.ts'

/** Options of `flywayMigrations`; each has a default. */
export interface FlywayMigrationsOptions extends TableOptions {
  /** Flyway's `outOfOrder`. @default false */
  readonly outOfOrder?: boolean
}

/**
 * Reads the migrations of Flyway: `V…__….sql`, `R__….sql` and `B…__….sql` in and below a folder. The history is in
 * `flyway_schema_history`, which is append-only: a later row may undo, delete or repeat an earlier one. Migrations in Java and
 * undo scripts are ignored.
 */
export function flywayMigrations(
  files: string | URL | MigrationFiles,
  { outOfOrder = false, ...table }: FlywayMigrationsOptions = {},
): MigrationSource {
  return fileSource({
    tool: 'flyway',
    files,
    history: {
      places: toPlaces(table, { schema: null, table: 'flyway_schema_history' }),
      columns: [
        'installed_rank',
        'version',
        'description',
        'type',
        'script',
        'checksum',
        'success',
      ],
      select: (from, columns) =>
        `select version::text, description::text, type::text, script::text, checksum::float8,
            ${timeOf('installed_on', columns)}, success::int4 from ${from} order by installed_rank`,
    },
    select: (paths) => toFlywayFiles(paths),
    prepare({ app, paths, contents, migrations }) {
      const scripts = toFlywayFiles(paths).map((file, index): Script => {
        const text = contents[index]?.text ?? null
        return { ...file, crc: text === null ? null : toFlywayChecksum(text) }
      })
      return {
        compare(rows) {
          const history = toFlywayHistory(rows)
          const found = compare(app, { scripts, history, outOfOrder })
          const messages = { outOfOrder: outOfOrder ? runsLate : refusesLate }
          const linear = findLinearConflicts(app, { migrations, ...found, messages })
          return { ...found, conflicts: [...found.conflicts, ...linear] }
        },
      }
    },
  })
}

function toFlywayFiles(paths: readonly string[]): FlywayFile[] {
  return paths.flatMap((path) => toFlywayFile(path) ?? []).sort(compareFiles)
}

/** A script with Flyway's checksum, which is null if the script could not be read. */
interface Script extends FlywayFile {
  readonly crc: number | null
}

function compare(
  app: string,
  given: {
    readonly scripts: readonly Script[]
    readonly history: FlywayHistory
    readonly outOfOrder: boolean
  },
): Comparison {
  const { scripts, history, outOfOrder } = given
  const statuses = new Map<string, MigrationStatus>()
  const claimed = new Set<FlywayRow>()
  const records = []
  for (const script of scripts) {
    const row = history.find(script)
    if (row) claimed.add(row)
    if (row?.isDone) records.push({ app, name: script.name, appliedAt: row.appliedAt })
    const status = row ? toRowStatus(script, row) : toBaselineStatus(script, scripts, history)
    if (status) statuses.set(script.name, status)
    else if (isLate(script, history)) {
      statuses.set(script.name, toStatus('out_of_order', outOfOrder ? runsLate : refusesLate))
    } else if (history.undone.has(script.version ?? '')) {
      statuses.set(script.name, toStatus('rolled_back', 'It was undone; Flyway runs it next.'))
    }
  }
  const gone = history.rows.filter((row) => !claimed.has(row) && row.isSql)
  const missing = gone.map((row) => toMissing(app, row, scripts))
  const failed = history.rows.filter((row) => !row.isDone).map(({ name }) => name)
  const blocked = `App '${app}': Flyway refuses to migrate until "repair" takes a failure away: ${toSentenceList(failed)}.`
  return {
    statuses,
    missing,
    last: newestRecord([...records, ...missing.filter(({ appliedAt }) => appliedAt !== null)]),
    conflicts: [...findDuplicateScripts(app, scripts), ...(failed.length > 0 ? [blocked] : [])],
    problems: [],
  }
}

const refusesLate =
  'Flyway refuses to migrate ("resolved migration not applied") unless outOfOrder is set.'
const runsLate = 'Flyway runs it next, because outOfOrder is set.'

function toRowStatus(script: Script, row: FlywayRow): MigrationStatus {
  if (!row.isDone) {
    return toStatus('failed', 'It failed; Flyway refuses to migrate until "repair" takes it away.')
  }
  const isSame = row.checksum === null || script.crc === null || row.checksum === script.crc
  if (script.version === null) {
    const message = 'It changed after it ran; Flyway runs it again next, as it is repeatable.'
    return isSame
      ? toStatus('applied', null, row.appliedAt)
      : toStatus('pending', message, row.appliedAt)
  }
  const what = isSame ? 'description' : 'checksum'
  if (isSame && row.description === script.description) {
    return toStatus('applied', null, row.appliedAt)
  }
  const message = `Its ${what} changed after it ran; Flyway refuses to migrate until it is as before or "repair" accepts it.`
  return toStatus('modified', message, row.appliedAt)
}
