import type { Row } from '../../../project/database.ts'
import type {
  AppliedMigration,
  Comparison,
  Migration,
  MigrationSource,
  MigrationStatus,
} from '../../../project/source.ts'
import { toSentenceList, toStatus, toTime } from '../../core/compare.ts'
import { fileSource, type MigrationFolder } from '../../core/file-source.ts'
import type { MigrationFiles } from '../../core/files.ts'
import { parseGraphileFile, type GraphileFile } from './file-header.ts'
import { readContents } from '../../core/read.ts'
import { timeOf } from '../../core/table.ts'

/** A committed migration; its file is null if it could not be read. */
interface Committed {
  readonly migration: Migration
  readonly file: GraphileFile | null
}

/**
 * Reads the migrations of graphile-migrate: `committed/NNNNNN[-slug].sql`, by name, each with the hash of the one before it.
 * The history is in `graphile_migrate.migrations`. A current migration that is not empty is reported as a problem.
 */
export function graphileMigrations(files: string | URL | MigrationFiles): MigrationSource {
  return fileSource({
    tool: 'graphile-migrate',
    files,
    history: {
      places: [{ schema: 'graphile_migrate', table: 'migrations' }],
      columns: ['hash', 'previous_hash', 'filename', 'date'],
      select: (from, columns) =>
        `select hash::text, filename::text, ${timeOf('date', columns)} from ${from} order by filename`,
    },
    select: (paths) =>
      paths
        .filter((path) => /^committed\/\d+(-[-_a-zA-Z0-9]*)?\.sql$/.test(path))
        .map((path) => ({ name: path.replace(/^committed\/|\.sql$/g, ''), path }))
        .sort((a, b) => toFilename(a.name).localeCompare(toFilename(b.name), 'en')),
    async prepare(folder) {
      const { app, contents, migrations } = folder
      const parsed = await Promise.all(contents.map(({ text }) => text && parseGraphileFile(text)))
      const committed = migrations.map((migration, index) => ({
        migration,
        file: parsed[index] || null,
      }))
      const draft = await readDraft(folder)
      const problems = draft.hasStatements
        ? ['the current migration is not empty and has not been committed']
        : []
      return {
        problems: draft.problems,
        compare: (rows) => ({ ...compare(app, committed, rows), problems }),
      }
    },
  })
}

/** Reads the current migration, which is a file or a folder. */
async function readDraft({ app, files, paths }: MigrationFolder) {
  const drafts = paths.filter((path) => /^current(\.sql$|\/.*\.sql$)/.test(path))
  const { contents, problems } = await readContents(
    app,
    files,
    drafts.map((path) => ({ name: path, path })),
  )
  const isWritten = contents.some(({ text }) => text !== null && hasStatements(text))
  return { hasStatements: isWritten, problems }
}

/** The file name in the history table, which is the number alone. */
function toFilename(name: string): string {
  return `${/^\d+/.exec(name)?.[0] ?? name}.sql`
}

function hasStatements(sql: string): boolean {
  return (
    sql
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/--.*/g, '')
      .trim() !== ''
  )
}

function compare(
  app: string,
  committed: readonly Committed[],
  history: readonly Row[],
): Comparison {
  const rows = history.map(([hash, filename, date]) => ({
    hash: String(hash),
    filename: String(filename),
    appliedAt: toTime(date),
  }))
  const newest = rows.at(-1)
  const statuses = new Map<string, MigrationStatus>()
  for (const one of committed) {
    const filename = toFilename(one.migration.name)
    const row =
      rows.find(({ hash }) => hash === one.file?.hash) ??
      rows.find((candidate) => candidate.filename === filename)
    statuses.set(one.migration.name, toCommittedStatus(one, row, newest?.filename))
  }
  const toRecord = ({ filename, appliedAt }: (typeof rows)[number]): AppliedMigration => {
    const known = committed.find(({ migration }) => toFilename(migration.name) === filename)
    return { app, name: known?.migration.name ?? filename.replace(/\.sql$/, ''), appliedAt }
  }
  const isKnown = (row: (typeof rows)[number]) =>
    committed.some(
      ({ migration, file }) =>
        file?.hash === row.hash || toFilename(migration.name) === row.filename,
    )
  return {
    statuses,
    missing: rows
      .filter((row) => !isKnown(row))
      .map((row) => ({
        ...toRecord(row),
        message: 'graphile-migrate takes no notice: it looks at the last file name alone.',
      })),
    last: newest ? toRecord(newest) : null,
    conflicts: findConflicts(app, committed, statuses),
    problems: [],
  }
}

function toCommittedStatus(
  { migration, file }: Committed,
  row: { readonly hash: string; readonly appliedAt: number | null } | undefined,
  newest: string | undefined,
): MigrationStatus {
  const isTampered = file !== null && !file.isValid
  if (!row) {
    if (newest !== undefined && toFilename(migration.name) <= newest) {
      const message =
        'graphile-migrate never runs it: the last file name that ran is not before it.'
      return toStatus('skipped_forever', message)
    }
    const refusal = 'graphile-migrate refuses to run it: its text does not fit its hash.'
    return toStatus('pending', isTampered ? refusal : null)
  }
  if (file && row.hash !== file.hash) {
    const message = 'Another text ran under this number; graphile-migrate takes no notice.'
    return toStatus('modified', message, row.appliedAt)
  }
  if (!isTampered) return toStatus('applied', null, row.appliedAt)
  const message =
    'Its text was changed after it ran and does not fit its hash; graphile-migrate takes no notice.'
  return toStatus('modified', message, row.appliedAt)
}

function findConflicts(
  app: string,
  committed: readonly Committed[],
  statuses: ReadonlyMap<string, MigrationStatus>,
): string[] {
  const toNames = (list: readonly Committed[]) =>
    toSentenceList(list.map(({ migration }) => migration.name))
  const stateOf = ({ migration }: Committed) => statuses.get(migration.name)?.state
  const broken = committed.filter(
    ({ file }, index) => file && file.previous !== (committed[index - 1]?.file?.hash ?? null),
  )
  const lost = committed.filter((one) => stateOf(one) === 'skipped_forever')
  const parted = committed.filter((one) => stateOf(one) === 'modified' && one.file?.isValid)
  const tampered = committed.filter(
    (one) => stateOf(one) === 'pending' && one.file?.isValid === false,
  )
  const say = (list: readonly Committed[], text: string) =>
    list.length > 0 ? [`App '${app}': ${toNames(list)} ${text}.`] : []
  return [
    ...say(
      broken,
      'names another migration before it than the one that is there, so graphile-migrate refuses every command',
    ),
    ...say(tampered, 'does not fit its hash, so graphile-migrate refuses to run it'),
    ...say(parted, 'ran with another text: the histories parted'),
    ...say(lost, 'will never run: a later one ran first'),
  ]
}
