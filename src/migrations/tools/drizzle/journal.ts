import { z } from 'zod'
import { StudioError } from '../../../errors.ts'
import type {
  Comparison,
  Discovery,
  HistoryRows,
  Migration,
  MigrationStatus,
} from '../../../project/source.ts'
import { toSentenceList, toStatus } from '../../core/compare.ts'
import { type DrizzleRow, readJsonFile, toDrizzleRows, toRowRecord } from './rows.ts'
import type { MigrationFiles } from '../../core/files.ts'
import { findHeadConflicts, toChain } from '../../core/heads.ts'
import { onlyLineEndings, readContents } from '../../core/read.ts'

const journalSchema = z.object({
  entries: z.array(z.object({ tag: z.string(), when: z.number() })),
})
const snapshotSchema = z.object({ id: z.string(), prevId: z.string() })

/** A migration and its time in `_journal.json`, which decides whether the migrator runs it. */
interface Entry {
  readonly migration: Migration
  /** The hashes that its file has in one checkout or another, first of all the one of this checkout. */
  readonly checksums: readonly string[]
  readonly when: number
}

/** Reads `meta/_journal.json` and its files. The dependencies of each migration come from the snapshots. */
export async function discoverJournal(
  app: string,
  files: MigrationFiles,
  names: readonly string[],
): Promise<Discovery> {
  const journal = journalSchema.safeParse(await readJsonFile(files, 'meta/_journal.json'))
  if (!journal.success) throw new StudioError('unavailable', 'meta/_journal.json is malformed')
  const { entries } = journal.data
  const wanted = entries.map(({ tag }) => ({ name: tag, path: `${tag}.sql` }))
  const { contents, problems } = await readContents(app, files, wanted)
  const parents = await readParents(
    files,
    names,
    entries.map(({ tag }) => tag),
  )
  const found = toChain(app, contents).map((migration, index): Entry => {
    const parent = parents.get(migration.name)
    const dependencies =
      parent === undefined ? migration.dependencies : parent.map((name) => ({ app, name }))
    const checksums = contents[index]?.checksums ?? []
    const when = entries[index]?.when ?? 0
    return { migration: { ...migration, dependencies }, checksums, when }
  })
  const migrations = found.map(({ migration }) => migration)
  const unlisted = names.filter(
    (name) => /^[^/]+\.sql$/.test(name) && !wanted.some(({ path }) => path === name),
  )
  if (unlisted.length > 0) {
    problems.push(
      `migrations of ${app}: not in the journal, so never run: ${toSentenceList(unlisted)}`,
    )
  }
  return { migrations, problems, compare: (rows) => compare(app, found, rows) }
}

/** Returns the dependencies of each migration from the snapshots; none if its snapshot is missing or has unknown parents. */
async function readParents(
  files: MigrationFiles,
  names: readonly string[],
  tags: readonly string[],
): Promise<Map<string, string[]>> {
  const snapshots = await Promise.all(
    tags.map(async (tag) => {
      const path = `meta/${tag.split('_')[0]}_snapshot.json`
      const text = names.includes(path) ? await readJsonFile(files, path) : null
      const { data } = snapshotSchema.safeParse(text)
      return data ? [{ tag, ...data }] : []
    }),
  )
  const all = snapshots.flat()
  const byId = new Map(all.map(({ id, tag }) => [id, tag]))
  return new Map(
    all.flatMap(({ tag, prevId }): [string, string[]][] => {
      const parent = byId.get(prevId)
      if (parent !== undefined) return [[tag, [parent]]]
      return /^[0-]+$/.test(prevId) ? [[tag, []]] : []
    }),
  )
}

function compare(app: string, entries: readonly Entry[], { journal }: HistoryRows): Comparison {
  const rows = toDrizzleRows(journal)
  const newest = rows.at(-1)?.createdAt ?? null
  const owners = matchRows(entries, rows)
  const statuses = new Map<string, MigrationStatus>()
  for (const entry of entries) {
    const row = [...owners].find(([, owner]) => owner === entry)?.[0]
    statuses.set(entry.migration.name, toEntryStatus(entry, row, newest))
  }
  const migrations = entries.map(({ migration }) => migration)
  const named = rows.map((row) => toRowRecord(app, row, owners.get(row)?.migration.name))
  return {
    statuses,
    missing: rows
      .filter((row) => !owners.has(row))
      .map((row) => ({
        ...toRowRecord(app, row),
        message: 'Drizzle takes no notice: it looks at the newest row alone.',
      })),
    last: named.at(-1) ?? null,
    conflicts: [
      ...findHeadConflicts(app, migrations, statuses),
      ...findLost(app, migrations, statuses),
    ],
    problems: [],
  }
}

// files can be equal, so a matching time comes before a matching hash
function matchRows(entries: readonly Entry[], rows: readonly DrizzleRow[]): Map<DrizzleRow, Entry> {
  const owners = new Map<DrizzleRow, Entry>()
  const taken = new Set<Entry>()
  const match = (agree: (entry: Entry, row: DrizzleRow) => boolean) => {
    for (const row of rows) {
      const entry = entries.find((one) => !taken.has(one) && agree(one, row))
      if (owners.has(row) || !entry) continue
      owners.set(row, entry)
      taken.add(entry)
    }
  }
  match(({ when }, row) => when === row.createdAt)
  match(({ checksums }, row) => checksums.includes(row.hash))
  return owners
}

function toEntryStatus(
  { checksums, when }: Entry,
  row: DrizzleRow | undefined,
  newest: number | null,
): MigrationStatus {
  if (!row) {
    if (newest === null || when > newest) return toStatus('pending')
    const message =
      'Drizzle never runs it: its time in the journal is not after that of the newest row.'
    return toStatus('skipped_forever', message)
  }
  if (when > (newest ?? 0)) {
    const message =
      'Its time in the journal was changed after it ran: Drizzle runs it a second time.'
    return toStatus('modified', message, row.appliedAt)
  }
  const [current = row.hash] = checksums
  if (current === row.hash) return toStatus('applied', null, row.appliedAt)
  if (checksums.includes(row.hash)) return toStatus('applied', onlyLineEndings, row.appliedAt)
  const message = 'Its file was changed after it ran; Drizzle takes no notice.'
  return toStatus('modified', message, row.appliedAt)
}

function findLost(
  app: string,
  migrations: readonly Migration[],
  statuses: ReadonlyMap<string, MigrationStatus>,
): string[] {
  const lost = migrations.filter(({ name }) => statuses.get(name)?.state === 'skipped_forever')
  if (lost.length === 0) return []
  const names = toSentenceList(lost.map(({ name }) => name))
  return [`App '${app}': Drizzle will never run ${names}: later migrations ran first.`]
}
