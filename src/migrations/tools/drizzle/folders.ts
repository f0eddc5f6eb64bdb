import { z } from 'zod'
import type {
  Comparison,
  Discovery,
  HistoryRows,
  Migration,
  MigrationStatus,
} from '../../../project/source.ts'
import { findHistory, markLate } from '../../core/branches.ts'
import { toSentenceList, toStatus } from '../../core/compare.ts'
import { type DrizzleRow, readJsonFile, toDrizzleRows, toRowRecord } from './rows.ts'
import type { MigrationFiles } from '../../core/files.ts'
import { findHeads, hasRun, toChain } from '../../core/heads.ts'
import { onlyLineEndings, readContents } from '../../core/read.ts'

const snapshotSchema = z.object({ id: z.string(), prevIds: z.array(z.string()) })

/** A migration and the tables that its SQL mentions. */
interface Folder {
  readonly migration: Migration
  /** The hashes that its file has in one checkout or another, first of all the one of this checkout. */
  readonly checksums: readonly string[]
  readonly tables: ReadonlySet<string>
}

/** Reads `<time>_<name>/migration.sql`. The dependencies of each migration come from its `snapshot.json`. */
export async function discoverFolders(
  app: string,
  files: MigrationFiles,
  names: readonly string[],
): Promise<Discovery> {
  const wanted = names
    .filter((name) => /^[^/]+\/migration\.sql$/.test(name))
    .map((path) => ({ name: path.replace(/\/migration\.sql$/, ''), path }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
  const { contents, problems } = await readContents(app, files, wanted)
  const parents = await readParents(
    files,
    wanted.map(({ name }) => name),
  )
  const folders = toChain(app, contents).map((migration, index): Folder => {
    const parent = parents.get(migration.name)
    const dependencies = parent?.map((name) => ({ app, name })) ?? migration.dependencies
    const tables = findTables(contents[index]?.text ?? '')
    const checksums = contents[index]?.checksums ?? []
    return { migration: { ...migration, dependencies }, checksums, tables }
  })
  const migrations = folders.map(({ migration }) => migration)
  return { migrations, problems, compare: (rows) => compare(app, folders, rows) }
}

/** Returns the dependencies of each migration; none without a snapshot, in which case the previous migration is meant. */
async function readParents(
  files: MigrationFiles,
  names: readonly string[],
): Promise<Map<string, string[]>> {
  const snapshots = await Promise.all(
    names.map(async (name) => {
      const { data } = snapshotSchema.safeParse(await readJsonFile(files, `${name}/snapshot.json`))
      return data ? [{ name, ...data }] : []
    }),
  )
  const byId = new Map(snapshots.flat().map(({ id, name }) => [id, name]))
  return new Map(
    snapshots
      .flat()
      .map(({ name, prevIds }) => [name, prevIds.flatMap((id) => byId.get(id) ?? [])]),
  )
}

function compare(app: string, folders: readonly Folder[], { journal }: HistoryRows): Comparison {
  const migrations = folders.map(({ migration }) => migration)
  const statuses = new Map<string, MigrationStatus>()
  const owners = new Map<DrizzleRow, string>()
  const rows = toDrizzleRows(journal)
  for (const row of rows) {
    const owner = findOwner(row, folders)
    if (!owner) continue
    owners.set(row, owner.migration.name)
    statuses.set(owner.migration.name, toRowStatus(row, owner))
  }
  markLate(
    migrations,
    statuses,
    'Drizzle runs it next, although a migration that builds on it has run.',
  )
  const last = rows.at(-1)
  return {
    statuses,
    missing: rows
      .filter((row) => !owners.has(row))
      .map((row) => ({
        ...toRowRecord(app, row),
        message:
          row.name === null
            ? 'Drizzle refuses to upgrade its table while the file is missing.'
            : 'Drizzle takes no notice: it only looks for names that have not run.',
      })),
    last: last ? toRowRecord(app, last, owners.get(last) ?? last.name) : null,
    conflicts: findBranchConflicts(app, folders, statuses),
    problems: [],
  }
}

function toRowStatus(row: DrizzleRow, { checksums }: Folder): MigrationStatus {
  const [current = row.hash] = checksums
  if (current === row.hash) return toStatus('applied', null, row.appliedAt)
  if (checksums.includes(row.hash)) return toStatus('applied', onlyLineEndings, row.appliedAt)
  const message = 'Its file was changed after it ran; Drizzle takes no notice.'
  return toStatus('modified', message, row.appliedAt)
}

/** Rows from before 1.0 have no name. Like Drizzle, matches them by time in seconds, then by hash. */
function findOwner(row: DrizzleRow, folders: readonly Folder[]): Folder | undefined {
  if (row.name !== null) return folders.find(({ migration }) => migration.name === row.name)
  const second = row.createdAt === null ? NaN : Math.floor(row.createdAt / 1000) * 1000
  const same = folders.filter(({ migration }) => toMilliseconds(migration.name) === second)
  if (same.length === 1) return same[0]
  const candidates = same.length > 1 ? same : folders
  return candidates.find(({ checksums }) => checksums.includes(row.hash))
}

function toMilliseconds(name: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? []
  const [year = NaN, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** Branches that change different tables do not conflict. Two that change the same table conflict until both have run. */
function findBranchConflicts(
  app: string,
  folders: readonly Folder[],
  statuses: ReadonlyMap<string, MigrationStatus>,
): string[] {
  const migrations = folders.map(({ migration }) => migration)
  const heads = findHeads(app, migrations)
  if (heads.every((name) => hasRun(statuses.get(name)))) return []
  const histories = heads.map((name) => ({ name, history: findHistory(migrations, name) }))
  const touched = (own: ReadonlySet<string>, other: ReadonlySet<string>) =>
    new Set(
      folders
        .filter(({ migration: { name } }) => own.has(name) && !other.has(name))
        .flatMap(({ tables }) => [...tables]),
    )
  return histories.flatMap((one, index) =>
    histories.slice(index + 1).flatMap((other) => {
      const mine = touched(one.history, other.history)
      const shared = [...touched(other.history, one.history)].filter((table) => mine.has(table))
      if (shared.length === 0) return []
      return [
        `App '${app}': ${one.name} and ${other.name} change ${toSentenceList(shared.sort())} on separate branches, which have to be merged.`,
      ]
    }),
  )
}

/** Returns the tables that drizzle-kit's statements mention, as `schema.table` or `table`. */
function findTables(sql: string): Set<string> {
  const name = '((?:"[^"]+"\\.)?"[^"]+")'
  const verb = `(?:table(?:\\s+if\\s+(?:not\\s+)?exists)?|\\son|into|update|references|view|type)`
  const found = sql.matchAll(new RegExp(`${verb}\\s+${name}`, 'gi'))
  return new Set([...found].map(([, quoted = '']) => quoted.replaceAll('"', '')))
}
