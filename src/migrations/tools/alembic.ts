import type { Row } from '../../project/database.ts'
import type {
  Comparison,
  Migration,
  MigrationSource,
  MigrationStatus,
} from '../../project/source.ts'
import { findHistory } from '../core/branches.ts'
import { findDuplicates, toSentenceList, toStatus } from '../core/compare.ts'
import { folderOf, type MigrationFiles, toFiles } from '../core/files.ts'
import { findHeads, hasRun } from '../core/heads.ts'
import { readAssignment, readStrings } from './python-text.ts'
import { type MigrationContent, readContents } from '../core/read.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'
import { sortByDependencies } from '../core/topological-sort.ts'

/**
 * Reads the migrations of Alembic: the `.py` files in and below a `versions` folder that assign `revision`, which becomes the
 * migration's name. Files are read, never run. `alembic_version` holds the current revisions of the database; their ancestors
 * have run too, at unknown times. Edits are not detected, nor does Alembic detect them.
 *
 * If the database is at a revision that no file has, every migration that is not known to have run is `unknown`.
 */
export function alembicMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  const source = toFiles(files)
  return {
    tool: 'alembic',
    ...folderOf(files),
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'alembic_version' }),
        columns: ['version_num'],
        select: (from) => `select version_num::text from ${from} order by 1`,
      },
    },
    async discover(app) {
      const wanted = (await source.list())
        .filter((path) => /(?:^|\/)[^_./][^/]*\.py$/.test(path))
        .map((path) => ({ name: path.replace(/\.py$/, ''), path }))
        .sort((a, b) => (a.path < b.path ? -1 : 1))
      const { contents, problems } = await readContents(app, source, wanted)
      const found = toRevisions(app, contents)
      const migrations = sortByDependencies(found)
      return {
        migrations,
        problems,
        compare: ({ journal }) => compare(app, migrations, journal ?? []),
      }
    },
  }
}

/**
 * Reads the revisions. `down_revision` and `depends_on` name a revision, or a branch label, which stands for the revision that
 * carries it; `depends_on` may also name a revision by its beginning, or a part of a branch: `core@head`.
 */
function toRevisions(app: string, contents: readonly MigrationContent[]): Migration[] {
  const revisions = contents.flatMap(({ text, checksum }) => {
    const read = (assigned: string) => readStrings(readAssignment(text ?? '', assigned))
    const [name] = read('revision')
    if (name === undefined) return []
    const needs = [...read('down_revision'), ...read('depends_on')]
    return [{ name, checksum, needs, labels: read('branch_labels') }]
  })
  const names = revisions.map(({ name }) => name)
  const labels = new Map(
    revisions.flatMap(({ name, labels: own }) => own.map((one) => [one, name])),
  )
  const resolve = (need: string): string => {
    if (names.includes(need)) return need
    const [label = '', part = ''] = need.split('@')
    const carrier = labels.get(label)
    if (part === '') return carrier ?? toWhole(label, names)
    return /^(head|heads|base)$/.test(part) ? (carrier ?? need) : toWhole(part, names)
  }
  return revisions.map(({ name, checksum, needs }) => ({
    app,
    name,
    checksum,
    dependencies: needs.map((need) => ({ app, name: resolve(need) })),
  }))
}

// Alembic finds a revision by its beginning if that is the beginning of no other.
function toWhole(start: string, names: readonly string[]): string {
  const [only, ...more] = names.filter((name) => name.startsWith(start))
  return only !== undefined && more.length === 0 ? only : start
}

function compare(app: string, migrations: readonly Migration[], rows: readonly Row[]): Comparison {
  const names = new Set(migrations.map(({ name }) => name))
  const current = rows.map(([version]) => String(version))
  const lost = current.filter((name) => !names.has(name))
  const ran = new Set(
    current.filter((name) => names.has(name)).flatMap((name) => [...findHistory(migrations, name)]),
  )
  const statuses = new Map<string, MigrationStatus>()
  for (const { name } of migrations) {
    if (ran.has(name)) statuses.set(name, toStatus('applied'))
    else if (lost.length > 0) {
      const message = `It is not known to have run: the database is at ${toSentenceList(lost)}, which no file has.`
      statuses.set(name, toStatus('unknown', message))
    }
  }
  const last = current.findLast((name) => names.has(name)) ?? current.at(-1)
  return {
    statuses,
    missing: lost.map((name) => ({ app, name, appliedAt: null, message: unlocated })),
    last: last === undefined ? null : { app, name: last, appliedAt: null },
    conflicts: findConflicts(app, { migrations, statuses, lost }),
    problems: [],
  }
}

const unlocated =
  'Alembic refuses every command ("Can\'t locate revision") while its file is missing.'

function findConflicts(
  app: string,
  given: {
    readonly migrations: readonly Migration[]
    readonly statuses: ReadonlyMap<string, MigrationStatus>
    readonly lost: readonly string[]
  },
): string[] {
  const { migrations, statuses, lost } = given
  const conflicts = findDuplicates(app, migrations, (name) => name)
  const names = new Set(migrations.map(({ name }) => name))
  const heads = findHeads(app, migrations)
  if (heads.length > 1 && heads.some((name) => !hasRun(statuses.get(name)))) {
    conflicts.push(
      `App '${app}' has ${heads.length} heads, ${toSentenceList(heads)}: "alembic upgrade head" refuses until they are merged; "upgrade heads" runs them all.`,
    )
  }
  const torn = migrations.filter(({ dependencies }) =>
    dependencies.some(({ name }) => !names.has(name)),
  )
  if (torn.length > 0) {
    const list = toSentenceList(torn.map(({ name }) => name))
    conflicts.push(
      `App '${app}': ${list} builds on a revision that no file has; Alembic refuses every command.`,
    )
  }
  if (lost.length > 0) {
    conflicts.push(
      `App '${app}': the database is at ${toSentenceList(lost)}, which no file has. ${unlocated}`,
    )
  }
  return conflicts
}
