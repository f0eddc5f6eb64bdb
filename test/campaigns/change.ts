import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import postgres from 'postgres'
import { Studio } from '../../src/index.ts'
import { createShop } from '../support/codegen.ts'
import { startPostgres } from '../support/postgres.ts'
import { openTestFolder, type TestFolder } from '../support/workspace.ts'
import { runMigrationRound } from './change/migrations.ts'
import { toOptions } from './change/parts.ts'
import { ask, leaseMs, runInstance } from './change/send.ts'
import type { CampaignOptions, CampaignResult } from './campaign.ts'
import { createRandom, type Random } from './random.ts'

type Tree = Awaited<ReturnType<TestFolder['tree']>>

/**
 * Kills processes while they apply change sets and roll them back, in every second round while they run migrations and apply plans,
 * each before a step that the seed chooses. After the next access, the files must be those of before or those of after, and the
 * record must say which; so must the database once another process has gone on. In half of the other rounds the workspace commits: a
 * branch must exist exactly where the change set is applied, with exactly its bytes.
 */
export async function runChangeCampaign({
  rounds,
  seed,
  log = () => undefined,
}: CampaignOptions): Promise<CampaignResult> {
  const server = await startPostgres()
  const pool = { max: 3, onnotice: () => undefined }
  const kept = postgres(server.url(), pool)
  await kept`create database shop`
  const shopUrl = server.url('shop')
  const shop = postgres(shopUrl, pool)
  const folder = await openTestFolder()
  const random = createRandom(seed)
  const violations: string[] = []
  const counts = new Map<string, number>()
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  const quiet = { onStep: () => undefined }
  const [plain, committing] = [false, true].map(
    (commit) =>
      new Studio([], toOptions({ root: folder.root, leaseMs, kept, shop, commit }, quiet)),
  ) as [Studio, Studio]
  try {
    await folder.write('src/kept.ts', 'kept\n')
    await createShop(shop, folder)
    await fill(shop)
    folder.git('init', '--quiet')
    const outside = await folder.outside()
    for (let round = 1; round <= rounds; round++) {
      const world = { folder, random, url: server.url(), shopUrl, sql: shop, count }
      const commit = round % 2 === 1 && random.chance(0.5)
      if (commit) commitAll(folder)
      const found =
        round % 2 === 0
          ? await runMigrationRound({ ...world, studio: plain }, round)
          : await runRound({ ...world, studio: commit ? committing : plain, commit })
      violations.push(...found.map((violation) => `round ${round}: ${violation}`))
      if (round % 10 === 0) log(`round ${round} of ${rounds}`)
    }
    if (digest(await folder.outside()) !== digest(outside))
      violations.push('a file outside changed')
    return { violations, counts: [...counts] }
  } finally {
    await plain.close()
    await committing.close()
    await Promise.all([kept, shop].map((sql) => sql.end({ timeout: 1 })))
    await server.remove()
    await rm(folder.above, { recursive: true, force: true })
  }
}

/** Orders enough that the build of an index can be cut off. */
async function fill(sql: postgres.Sql): Promise<void> {
  await sql`insert into shop.customers (name) values ('ada')`
  await sql`insert into shop.orders (customer, note) select 1, n::text from generate_series(1, 20000) n`
}

interface Round {
  readonly studio: Studio
  readonly commit: boolean
  readonly folder: TestFolder
  readonly random: Random
  readonly url: string
  readonly count: (what: string) => void
}

/** The next change set must find its files committed. */
function commitAll(folder: TestFolder): void {
  folder.git('add', '--all')
  folder.git('commit', '--quiet', '--allow-empty', '-m', 'round')
}

async function runRound({ studio, commit, folder, random, url, count }: Round): Promise<string[]> {
  const before = await folder.tree()
  const operations = chooseOperations(before, random)
  const { body: answer } = await ask(studio, '/ai/patch/preview', { operations })
  const { change_set } = answer as { change_set: { id: string; digest: string } | null }
  if (!change_set) return []
  const body = { change_set: change_set.id, expected_digest: change_set.digest }
  const isRollback = random.chance(0.4)
  if (isRollback) await ask(studio, '/ai/patch/apply', body)
  const path = isRollback ? `/ai/changes/${change_set.id}/rollback` : '/ai/patch/apply'
  const killAt = random.between(1, 8 + operations.length * 5 + (commit ? 2 : 0))
  const root = folder.root
  const printed = await runInstance({ url, shopUrl: '', path, body, killAt, commit, root })
  count(printed === '' ? 'processes killed' : 'processes that finished first')
  const ended = (await ask(studio, `/ai/changes/${change_set.id}`)).body as Ended
  const { status } = ended
  count(`${isRollback ? 'rollback' : 'apply'} ended as ${status}`)
  const now = await folder.tree()
  const isNew = status === 'applied'
  const expected = isNew ? toAfter(before, operations) : before
  const violations =
    digest(now) === digest(expected) ? [] : [`${status}, killed at ${killAt}: between`]
  if (!['pending', 'applied', 'rolled_back'].includes(status)) violations.push(`status ${status}`)
  // the next round starts from a state that is known
  if (!commit) return violations
  count(`branches ${status === 'applied' ? 'made' : 'absent'}`)
  return [...violations, ...findBranchFaults(folder, ended, { before, now })]
}

/** A change set as the record has it in the end. */
interface Ended {
  readonly id: string
  readonly status: string
  readonly commit: { readonly branch: string; readonly id: string } | null
}

/** The branch of a change set that is applied has one commit more than HEAD, with exactly the bytes of the folder. */
function findBranchFaults(
  folder: TestFolder,
  { id, status, commit }: Ended,
  { before, now }: { readonly before: Tree; readonly now: Tree },
): string[] {
  const branch = `studio/${id}`
  const tip = folder.git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`).trim()
  if (status !== 'applied') {
    return [
      ...(tip === '' ? [] : [`${status}, and a branch exists`]),
      ...(commit === null ? [] : [`${status}, and the record has a commit`]),
    ]
  }
  if (tip === '' || commit?.id !== tip || commit.branch !== branch) return ['applied, no branch']
  const isOnHead = folder.git('rev-parse', `${tip}^`) === folder.git('rev-parse', 'HEAD')
  const changed = Object.keys({ ...before, ...now }).filter((path) => before[path] !== now[path])
  const files = changed.filter((path) => now[path] !== null || typeof before[path] === 'string')
  const committed = folder.git('diff', '--name-only', 'HEAD', tip).split('\n').filter(Boolean)
  const isSame =
    committed.toSorted().join('\n') === files.toSorted().join('\n') &&
    files.every((path) => folder.git('show', `${tip}:${path}`) === now[path])
  return [
    ...(isOnHead ? [] : ['the commit is not on HEAD']),
    ...(isSame ? [] : ['the commit has other bytes than the folder']),
  ]
}

interface Edit {
  readonly type: 'modify_file'
  readonly path: string
  readonly text: string
}

function chooseOperations(tree: Tree, random: Random): Edit[] {
  const known = Object.keys(tree).filter((path) => path.startsWith('src/') && tree[path] !== null)
  const count = random.between(1, 6)
  const edits = Array.from({ length: count }, (): Edit => {
    const isNew = random.chance(0.4) || known.length === 0
    const path = isNew
      ? `src/d${random.between(1, 9)}/f${random.between(1, 99)}.ts`
      : random.pick(known)
    return { type: 'modify_file', path, text: `${random.next()}\n`.repeat(random.between(0, 500)) }
  })
  return [...new Map(edits.map((edit) => [edit.path, edit])).values()]
}

function toAfter(before: Tree, operations: readonly Edit[]): Tree {
  const after: Record<string, string | null> = { ...before }
  for (const { path, text: content } of operations) {
    after[path] = content
    const segments = path.split('/')
    for (let end = 1; end < segments.length; end++) after[segments.slice(0, end).join('/')] ??= null
  }
  return after
}

function digest(tree: Tree): string {
  const entries = Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex')
}
