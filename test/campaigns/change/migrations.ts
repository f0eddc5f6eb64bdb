import type { Sql } from 'postgres'
import type { Studio } from '../../../src/index.ts'
import type { TestFolder } from '../../support/workspace.ts'
import type { Random } from '../random.ts'
import { ask, runInstance } from './send.ts'

/** What the rounds with migrations share. */
export interface MigrationWorld {
  /** The process that goes on. */
  readonly studio: Studio
  readonly folder: TestFolder
  readonly random: Random
  readonly sql: Sql
  readonly url: string
  readonly shopUrl: string
  readonly count: (what: string) => void
}

/** A change set, as far as the campaign reads it. */
interface Change {
  readonly id: string
  readonly digest: string
  readonly status: string
  readonly files: readonly { readonly path: string; readonly content: string | null }[]
  readonly migration: {
    readonly names: readonly string[]
    readonly run: { readonly status: string } | null
  }
  readonly plan: { readonly progress: { readonly status: string } | null } | null
  readonly events: readonly { readonly type: string }[]
}

/** The files, the history and the structure. */
interface State {
  readonly tree: Readonly<Record<string, string | null>>
  readonly history: readonly string[]
  readonly columns: readonly string[]
  /** The columns of each index, and whether it is valid. */
  readonly indexes: readonly string[]
}

/** What a round adds. */
interface Wanted {
  readonly changes: readonly object[]
  readonly columns: readonly string[]
  readonly indexes: readonly string[]
}

const tasks = ['apply', 'up', 'down', 'rollback', 'plan', 'plan'] as const

/**
 * Kills a process in one part of the life of a migration, at a step that the seed chooses, and lets another one go on, forward or
 * back. What is true right after the kill, and what must be true at the end, is compared with the files and with the catalog.
 */
export async function runMigrationRound(world: MigrationWorld, round: number): Promise<string[]> {
  const { studio, folder, random, url, shopUrl, count } = world
  const before = await look(world)
  const wanted = choose(before, random, round)
  const task = random.pick(tasks)
  const isPlan = task === 'plan'
  const shown = await (isPlan ? proposePlan : propose)(studio, wanted, round)
  const { id } = shown
  await prepare(world, shown, task)
  const killAt = random.between(1, isPlan ? 44 : task === 'up' || task === 'down' ? 18 : 14)
  const printed = await runInstance({
    url,
    shopUrl,
    root: folder.root,
    killAt,
    ...toRequest(task, shown),
  })
  count(printed === '' ? `${task}: killed` : `${task}: finished first`)
  const left = await read(studio, id)
  const isForward = random.chance(0.5) && left.status !== 'rolled_back' // which is final
  const where = `${task} killed at ${killAt}, ${isForward ? 'forward' : 'back'}: `
  const found = [...findLies(left, await look(world)), ...findLost(printed, task, left)]
  await (isForward ? goForward : goBack)(world, left)
  const end = await read(studio, id)
  count(
    `${isForward ? 'forward' : 'back'}: ${end.status}, ${end.migration.run?.status ?? 'not run'}`,
  )
  const expected = isForward ? add(before, wanted, end) : before
  const now = await look(world)
  for (const part of ['tree', 'history', 'columns', 'indexes'] as const) {
    const [is, should] = [JSON.stringify(now[part]), JSON.stringify(expected[part])]
    if (is !== should) found.push(`${part} between: ${describe(is, should)}`)
  }
  return [...found, ...findLies(end, now), ...findOpenEnd(end, { isForward, isPlan })].map(
    (violation) => where + violation,
  )
}

function describe(is: string, should: string): string {
  return is.length + should.length > 600 ? 'see the seed' : `${is} instead of ${should}`
}

async function look({ folder, sql }: MigrationWorld): Promise<State> {
  const columns = await sql`select attname from pg_attribute
    where attrelid = 'shop.orders'::regclass and attnum > 0 and not attisdropped order by 1`
  const indexes = await sql`select indisvalid, array(select attname from pg_attribute
      where attrelid = indrelid and attnum = any(indkey))::text as names
    from pg_index where indrelid = 'shop.orders'::regclass order by 2`
  const history = await sql`select name from aksara_migrations order by name`
  return {
    tree: await folder.tree(),
    history: history.map(({ name }) => String(name)),
    columns: columns.map(({ attname }) => String(attname)),
    indexes: indexes.map(({ names, indisvalid }) => `${names} ${indisvalid}`),
  }
}

const place = { schema: 'shop', table: 'orders' }

function choose({ columns, indexes }: State, random: Random, round: number): Wanted {
  const name = `c${round}`
  const bare = columns.filter((column) => !indexes.some((index) => index.startsWith(`{${column}}`)))
  const addColumn = { op: 'add_column', ...place, column: { name, type: 'integer' } }
  const addIndex = (column: string) => ({ op: 'add_index', ...place, columns: [column] })
  const kind = random.pick(['column', 'both', 'index'])
  if (kind === 'column') return { changes: [addColumn], columns: [name], indexes: [] }
  if (kind === 'both') {
    return { changes: [addColumn, addIndex(name)], columns: [name], indexes: [name] }
  }
  const column = bare.length > 0 ? random.pick(bare) : null
  if (column === null) return { changes: [addColumn], columns: [name], indexes: [] }
  return { changes: [addIndex(column)], columns: [], indexes: [column] }
}

function add(before: State, wanted: Wanted, { files, migration }: Change): State {
  const written = files.map(({ path, content }) => [path, content] as const)
  const tree = Object.entries({ ...before.tree, ...Object.fromEntries(written) })
  return {
    tree: Object.fromEntries(tree.toSorted(byPath)),
    history: [...before.history, ...migration.names].toSorted(),
    columns: [...before.columns, ...wanted.columns].toSorted(),
    indexes: [...before.indexes, ...wanted.indexes.map((column) => `{${column}} true`)].toSorted(),
  }
}

/** The order in which a folder is read: a folder before what it holds. */
function byPath([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const [one, other] = [a, b].map((path) => path.replaceAll('/', '\u0000'))
  return (one ?? '') < (other ?? '') ? -1 : 1
}

async function propose(studio: Studio, { changes }: Wanted): Promise<Change> {
  const { body } = await ask(studio, '/ai/codegen/preview', { app: 'shop', changes })
  const { change_set } = body as { change_set?: Change }
  if (!change_set) throw new Error(JSON.stringify(body))
  return change_set
}

async function proposePlan(studio: Studio, { changes }: Wanted, round: number): Promise<Change> {
  const step = (id: string, type: string, payload: object, ...depends_on: string[]) => ({
    id,
    type,
    description: id,
    depends_on,
    payload,
  })
  const { body } = await ask(studio, '/ai/plan/preview', {
    intent: 'Keep more of an order',
    steps: [
      step('model', 'change_model', { app: 'shop', changes }),
      step('file', 'patch_file', {
        type: 'modify_file',
        path: 'src/plan.ts',
        text: `export const round = ${round}\n`,
      }),
      step('run', 'run_migrations', {}, 'model'),
      step('look', 'run_health_check', {}, 'run'),
    ],
  })
  const { change_set } = body as { change_set?: Change | null }
  if (!change_set) throw new Error(JSON.stringify(body))
  return change_set
}

type Task = (typeof tasks)[number]

/** Brings a change set where the task begins. */
async function prepare({ studio, random }: MigrationWorld, shown: Change, task: Task) {
  const calls: Task[] =
    task === 'up'
      ? ['apply']
      : task === 'down'
        ? ['apply', 'up']
        : task === 'rollback'
          ? random.chance(0.5)
            ? ['apply']
            : ['apply', 'up', 'down']
          : []
  for (const call of calls) {
    const { path, body } = toRequest(call, shown)
    const answer = await ask(studio, path, body)
    if (answer.status !== 200) throw new Error(`${call}: ${JSON.stringify(answer.body)}`)
  }
}

function toRequest(task: Task, { id, digest }: Pick<Change, 'id' | 'digest'>) {
  const expected_digest = digest
  switch (task) {
    case 'plan':
      return { path: '/ai/plan/apply', body: { plan_id: id, digest } }
    case 'apply':
      return { path: `/ai/changes/${id}/apply`, body: { expected_digest } }
    case 'rollback':
      return { path: `/ai/changes/${id}/rollback`, body: {} }
    default:
      return { path: `/ai/changes/${id}/migrate`, body: { expected_digest, direction: task } }
  }
}

async function read(studio: Studio, id: string): Promise<Change> {
  return (await ask(studio, `/ai/changes/${id}`)).body as Change
}

/** Finds what a change set says and what is not so. */
function findLies({ status, migration }: Change, { history, tree, indexes }: State): string[] {
  const { names, run } = migration
  const ran = names.filter((name) => history.includes(name)).length
  const twice = history.length - new Set(history).size
  const has = names.filter((name) => `db/shop/${name}.sql` in tree).length
  const isIn = status === 'applied' || status === 'migrating'
  return [
    ...(twice > 0 ? [`${twice} migrations are in the history twice`] : []),
    ...(run?.status === 'migrated' && ran < names.length ? ['says migrated and is not'] : []),
    ...(run?.status === 'migrated' && indexes.some((index) => index.endsWith('false'))
      ? ['says migrated and an index is invalid']
      : []),
    ...(run?.status === 'reverted' && ran > 0 ? ['says reverted and is not'] : []),
    ...(run?.status === 'drifted' ? ['drifted'] : []),
    ...(has === (isIn ? names.length : 0) ? [] : [`${status}, and ${has} files are there`]),
    ...(['pending', 'applied', 'rolled_back'].includes(status) ? [] : [`status ${status}`]),
  ]
}

/** Finds what a process has acknowledged and what is not kept. */
function findLost(printed: string, task: Task, { status, migration, plan }: Change): string[] {
  if (printed === '') return []
  if (printed !== '200 true') return [`answered ${printed}`]
  const run = migration.run?.status
  const isKept = {
    apply: status === 'applied',
    rollback: status === 'rolled_back',
    up: run === 'migrated',
    down: run === 'reverted',
    plan: run === 'migrated' && plan?.progress?.status === 'succeeded',
  }
  return isKept[task] ? [] : [`acknowledged and lost: ${status}, ${run}`]
}

function findOpenEnd(
  { status, migration, plan, events }: Change,
  { isForward, isPlan }: { readonly isForward: boolean; readonly isPlan: boolean },
): string[] {
  const run = migration.run?.status
  const isRight = isForward
    ? status === 'applied' && run === 'migrated'
    : status !== 'applied' && run !== 'migrated' && run !== 'failed'
  const completed = events.filter(({ type }) => type === 'plan_completed').length
  return [
    ...(isRight ? [] : [`ends as ${status}, ${run}`]),
    ...(isForward && isPlan && plan?.progress?.status !== 'succeeded'
      ? [`its plan ends as ${plan?.progress?.status}`]
      : []),
    ...(completed > 1 ? ['its plan was completed twice'] : []),
  ]
}

/** Applies, and runs the migration, from wherever the other process stopped. */
async function goForward({ studio }: MigrationWorld, left: Change): Promise<void> {
  if (left.plan) {
    await ask(studio, '/ai/plan/apply', toRequest('plan', left).body)
    return
  }
  let shown: Change = left
  for (const task of ['apply', 'up'] as const) {
    const { path, body } = toRequest(task, shown)
    await ask(studio, path, body) // a 409 means that it is done
    shown = await read(studio, left.id)
  }
}

/** Takes the migration back where any of it may have run, then the files. */
async function goBack({ studio }: MigrationWorld, left: Change): Promise<void> {
  const { run } = left.migration
  const down = toRequest('down', left)
  if (run && run.status !== 'reverted') await ask(studio, down.path, down.body)
  const back = toRequest('rollback', left)
  await ask(studio, back.path, back.body)
}
