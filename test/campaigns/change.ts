import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { Studio } from '../../src/index.ts'
import { postgresStores } from '../../src/postgres.ts'
import { watchedParts } from '../support/mortal.ts'
import { startPostgres } from '../support/postgres.ts'
import { openTestFolder, type TestFolder } from '../support/workspace.ts'
import type { CampaignOptions, CampaignResult } from './campaign.ts'
import { createRandom, type Random } from './random.ts'

const leaseMs = 500
const instance = fileURLToPath(new URL('change/instance.ts', import.meta.url))
const runner = fileURLToPath(new URL('../../scripts/run-ts.mjs', import.meta.url))

type Tree = Awaited<ReturnType<TestFolder['tree']>>

/**
 * Kills processes while they apply change sets and roll them back, each before a step that the seed chooses. After the next
 * access, the files must be those of before or those of after, and the record must say which. In half of the rounds the workspace
 * commits: a branch must exist exactly where the change set is applied, with exactly its bytes.
 */
export async function runChangeCampaign({
  rounds,
  seed,
  log = () => undefined,
}: CampaignOptions): Promise<CampaignResult> {
  const server = await startPostgres()
  const sql = postgres(server.url(), { max: 3, onnotice: () => undefined })
  const folder = await openTestFolder()
  const random = createRandom(seed)
  const violations: string[] = []
  const counts = new Map<string, number>()
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)
  const plain = openStudio(folder, sql, false)
  const committing = openStudio(folder, sql, true)
  try {
    await folder.write('src/kept.ts', 'kept\n')
    folder.git('init', '--quiet')
    const outside = await folder.outside()
    for (let round = 1; round <= rounds; round++) {
      const commit = random.chance(0.5)
      const studio = commit ? committing : plain
      if (commit) commitAll(folder)
      const found = await runRound({ studio, commit, folder, random, url: server.url(), count })
      violations.push(...found.map((violation) => `round ${round}: ${violation}`))
      if (round % 10 === 0) log(`round ${round} of ${rounds}`)
    }
    if (digest(await folder.outside()) !== digest(outside))
      violations.push('a file outside changed')
    return { violations, counts: [...counts] }
  } finally {
    await plain.close()
    await committing.close()
    await sql.end({ timeout: 1 })
    await server.remove()
    await rm(folder.above, { recursive: true, force: true })
  }
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

function openStudio(folder: TestFolder, sql: postgres.Sql, commit: boolean): Studio {
  const stores = postgresStores(sql)
  if (!stores.changes) throw new Error('PostgreSQL keeps change sets')
  const kept = { root: folder.root, stores, changes: stores.changes, commit }
  return new Studio([], {
    ...watchedParts(kept, { onStep: () => undefined }),
    allow: ['ai_patch'],
    changes: { approve: 'never' },
    leaseMs,
  })
}

async function runRound({ studio, commit, folder, random, url, count }: Round): Promise<string[]> {
  const before = await folder.tree()
  const operations = chooseOperations(before, random)
  const answer = await send(studio, '/ai/patch/preview', { operations })
  const { change_set } = answer as { change_set: { id: string; digest: string } | null }
  if (!change_set) return []
  const body = { change_set: change_set.id, expected_digest: change_set.digest }
  const isRollback = random.chance(0.4)
  if (isRollback) await send(studio, '/ai/patch/apply', body)
  const path = isRollback ? `/ai/changes/${change_set.id}/rollback` : '/ai/patch/apply'
  const killAt = random.between(1, 8 + operations.length * 5 + (commit ? 2 : 0))
  const printed = await runInstance({ url, path, body, killAt, commit, root: folder.root })
  count(printed === '' ? 'processes killed' : 'processes that finished first')
  await new Promise((done) => setTimeout(done, printed === '' ? leaseMs + 100 : 0))
  const ended = (await send(studio, `/ai/changes/${change_set.id}`)) as Ended
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
  const known = Object.keys(tree).filter((path) => tree[path] !== null)
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

async function send(studio: Studio, path: string, body?: object): Promise<unknown> {
  const init = { 'content-type': 'application/json', 'x-ai-apply': 'true' }
  const response = await studio.fetch(
    `http://studio.test${path}`,
    body ? { method: 'POST', headers: init, body: JSON.stringify(body) } : {},
  )
  return response.json()
}

/** Runs the process; resolves to what it wrote, which is nothing when it was killed. */
async function runInstance(how: {
  readonly url: string
  readonly path: string
  readonly body: object
  readonly killAt: number
  readonly commit: boolean
  readonly root: string
}): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: how.url,
    ROOT: how.root,
    PATH_TO: how.path,
    BODY: JSON.stringify(how.body),
    KILL_AT: String(how.killAt),
    COMMIT: String(how.commit),
    LEASE_MS: String(leaseMs),
  }
  const child = spawn(process.execPath, [runner, instance], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return text(child.stdout)
}
