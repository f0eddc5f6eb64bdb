import type { Row } from '../../../project/database.ts'
import type {
  Comparison,
  Migration,
  MigrationSource,
  MigrationStatus,
} from '../../../project/source.ts'
import { type Revision, toRevision, toRevisionStatus, toVersion } from './revision.ts'
import { type AtlasSum, readAtlasSum } from './sum-file.ts'
import {
  findDuplicates,
  findLinearConflicts,
  newestRecord,
  toSentenceList,
  toStatus,
} from '../../core/compare.ts'
import { fileSource } from '../../core/file-source.ts'
import type { MigrationFiles } from '../../core/files.ts'
import { compareText } from '../../../lib/text.ts'
import type { MigrationContent } from '../../core/read.ts'
import { type TableOptions, timeOf, toPlaces } from '../../core/table.ts'

/** Options of `atlasMigrations`; each has a default. */
export interface AtlasMigrationsOptions extends TableOptions {
  /** Atlas's `--exec-order`. @default 'linear' */
  readonly execOrder?: 'linear' | 'linear-skip' | 'non-linear'
}
type Order = NonNullable<AtlasMigrationsOptions['execOrder']>

/**
 * Reads the migrations of Atlas: the `.sql` files of one folder and its `atlas.sum`. The history
 * is in `atlas_schema_revisions`, in the schema of that name or in the connected one. An edit is detected if `atlas.sum` was
 * rewritten after it and no file before it was added or removed; until `atlas.sum` is rewritten, Atlas refuses the folder.
 */
export function atlasMigrations(
  files: string | URL | MigrationFiles,
  { execOrder = 'linear', ...table }: AtlasMigrationsOptions = {},
): MigrationSource {
  const name = 'atlas_schema_revisions'
  const [place] = toPlaces(table, { schema: null, table: name })
  const isUsual = place?.schema === null && place.table === name
  return fileSource({
    tool: 'atlas',
    files,
    history: {
      places: [...(isUsual ? [{ schema: name, table: name }] : []), ...(place ? [place] : [])],
      columns: ['version', 'type', 'applied', 'total', 'executed_at', 'error', 'hash'],
      select: (from, columns) =>
        `select version::text, description::text, type::int4, (applied < total)::int4, ${timeOf('executed_at', columns)},
            (coalesce(error, '') <> '')::int4, hash::text
          from ${from} where version not like '.%' order by version`,
    },
    select: (paths) =>
      paths
        .filter((path) => /^[^/]+\.sql$/.test(path))
        .map((path) => ({ name: path.replace(/\.sql$/, ''), path }))
        .sort((a, b) => compareText(a.path, b.path)),
    async prepare({ app, files: source, paths, contents, migrations }) {
      const text = paths.includes('atlas.sum')
        ? new TextDecoder().decode(await source.read('atlas.sum'))
        : null
      const isUnread = contents.some(({ bytes }) => bytes === null)
      const sum = isUnread
        ? { hashes: new Map(), refusal: null }
        : await readAtlasSum(text, contents)
      const folder = { migrations, checkpoints: findCheckpoints(contents), sum, order: execOrder }
      return { compare: (rows) => compare(app, folder, rows) }
    },
  })
}

function findCheckpoints(contents: readonly MigrationContent[]): ReadonlySet<string> {
  const isCheckpoint = /^--[ \t]*atlas:checkpoint\b/m
  return new Set(
    contents.flatMap(({ name, text }) =>
      isCheckpoint.test(text?.slice(0, 4096) ?? '') ? name : [],
    ),
  )
}

interface Folder {
  readonly migrations: readonly Migration[]
  /** Names of the checkpoint files, each of which replaces all files before it. */
  readonly checkpoints: ReadonlySet<string>
  readonly sum: AtlasSum
  readonly order: Order
}

function compare(app: string, folder: Folder, rows: readonly Row[]): Comparison {
  const { migrations, order } = folder
  const names = new Map(migrations.map(({ name }) => [toVersion(name), name]))
  const revisions = new Map(
    rows.map((row) => toRevision(row, names)).map((revision) => [revision.version, revision]),
  )
  const all = [...revisions.values()]
  const statuses = toStatuses(folder, revisions)
  const missing = all
    .filter(({ version, isBaseline }) => !names.has(version) && !isBaseline)
    .map(({ name, appliedAt, isPartial }) => ({
      app,
      name,
      appliedAt,
      message: isPartial ? stuck : gone,
    }))
  const records = all
    .filter(({ isPartial }) => !isPartial)
    .map(({ name, appliedAt }) => ({ app, name, appliedAt }))
  const messages = { outOfOrder: late[order] }
  const partial = all.filter(({ isPartial }) => isPartial).map(({ name }) => name)
  return {
    statuses,
    missing,
    last: newestRecord(records),
    conflicts: [
      ...(folder.sum.refusal
        ? [`App '${app}': Atlas refuses the folder: ${folder.sum.refusal}.`]
        : []),
      ...findDuplicates(app, migrations, toVersion),
      ...(partial.length > 0 ? [`App '${app}': ${toSentenceList(partial)} stopped half-way.`] : []),
      ...findLinearConflicts(app, { migrations, statuses, missing, messages }),
    ],
    problems: [],
  }
}

const late: Record<Order, string> = {
  linear: 'Atlas refuses to migrate ("added out of order") unless --exec-order allows it.',
  'linear-skip': 'Atlas passes it over, because --exec-order is linear-skip.',
  'non-linear': 'Atlas runs it next, because --exec-order is non-linear.',
}
const gone = 'Atlas goes on without it.'
const stuck = 'It stopped half-way, and its file is gone; Atlas refuses to migrate.'

function toStatuses(
  { migrations, checkpoints, sum, order }: Folder,
  revisions: ReadonlyMap<string, Revision>,
): Map<string, MigrationStatus> {
  const all = [...revisions.values()]
  const [first] = all
  const last = all.at(-1)
  const start = migrations.findLastIndex(({ name }) => checkpoints.has(name))
  const statuses = new Map<string, MigrationStatus>()
  let isComparable = all.every(({ version }) =>
    migrations.some(({ name }) => toVersion(name) === version),
  )
  for (const [index, { name }] of migrations.entries()) {
    const version = toVersion(name)
    const revision = revisions.get(version)
    if (revision) {
      const now = isComparable ? sum.hashes.get(`${name}.sql`) : undefined
      const status = toRevisionStatus(revision, now)
      statuses.set(name, status)
      if (status.state !== 'applied') isComparable = false
    } else if (!first || !last) {
      if (index < start)
        statuses.set(
          name,
          toStatus('skipped_forever', 'A checkpoint stands for it; Atlas begins there.'),
        )
    } else if (checkpoints.has(name)) {
      statuses.set(
        name,
        toStatus('skipped_forever', 'It is a checkpoint; Atlas uses it on an empty database only.'),
      )
      isComparable = false
    } else if (version < first.version) {
      statuses.set(
        name,
        first.isBaseline ? toStatus('applied', covered) : toStatus('skipped_forever', before),
      )
    } else if (version < last.version) {
      statuses.set(
        name,
        toStatus(order === 'linear-skip' ? 'skipped_forever' : 'out_of_order', late[order]),
      )
      isComparable = false
    }
  }
  return statuses
}

const covered =
  'Below the baseline: Atlas takes it for part of the database as it was, and never runs it.'
const before = 'It sorts before the first that ran; Atlas never runs it.'
