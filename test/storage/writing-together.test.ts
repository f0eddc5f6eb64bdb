import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { type RecordedStores, recordStores } from '../../bench/support/recorded-stores.ts'
import { memoryStores } from '../../src/index.ts'
import type { Message } from '../../src/records/message.ts'
import type { RunChange, RunRef, Stores } from '../../src/storage/store.ts'
import { createRandom, type Random } from '../campaigns/random.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  claimant,
  logEntries,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
} from '../support/records.ts'

const postgres = withPostgres()
let sql: Sql
let stores: Stores
let recorded: RecordedStores
beforeAll(async () => {
  sql = (await postgres.createDatabase()).sql
  recorded = recordStores(sql)
  stores = recorded.stores
  await stores.ready?.()
})

const start = (count: number) =>
  Promise.all(Array.from({ length: count }, () => startRun(stores, {}, 60_000)))

const say = (text: string): RunChange => ({ messages: [answerOf(text)], entries: logEntries(0, 3) })

const readText = ({ content: [part] }: Message) =>
  typeof part === 'object' && 'text' in part ? part.text : null

const textsOf = async (refs: readonly RunRef[]) => {
  const journals = await stores.runs.journals(refs.map(({ runId }) => runId))
  return journals.map(({ messages }) => messages.map(({ message }) => readText(message)))
}

describe('Runs that are written together', () => {
  it('take few statements for admissions, claims and changes, and keep their order', async () => {
    recorded.take()
    const refs = await start(40)
    await Promise.all(refs.map((ref, index) => stores.runs.commit(ref, say(`text ${index}`))))
    expect(recorded.take().length).toBeLessThan(16)
    const texts = await textsOf(refs)
    expect(texts.map(([text]) => text)).toEqual(refs.map((_, index) => `text ${index}`))
    const page = await stores.runs.list({ tenant: '', limit: 40, cursor: null, ...any })
    expect(page.items.map(({ id }) => id)).toEqual(refs.map(({ runId }) => runId).reverse())
  })

  it.each([
    ['one statement', 1, 1],
    ['two statements if its input is large', 1_000, 2],
  ])('the first claim of a run takes %s, and has the whole run', async (_what, ids, statements) => {
    const { message } = promptOf(Array.from({ length: ids }, () => crypto.randomUUID()).join(' '))
    const run = newRun({ input: { ...newRun().input, prompt: message } })
    await stores.runs.create(run)
    recorded.take()
    const claimed = await stores.runs.claim(run.id, claimant())
    expect(recorded.take()).toHaveLength(statements)
    expect([claimed?.journal]).toEqual(await stores.runs.journals([run.id]))
    expect(claimed).toMatchObject({ history: [], logBytes: 0, now: expect.any(Number) })
  })

  it('do not wait for one that somebody else has locked', async () => {
    const [locked, ...others] = await start(20)
    if (!locked) throw new Error('No run')
    let release = () => undefined as void
    const held = new Promise<void>((resolve) => (release = resolve))
    let isLocked = () => undefined as void
    const isHeld = new Promise<void>((resolve) => (isLocked = resolve))
    const foreign = sql.begin(async (transaction) => {
      await transaction`select 1 from studio.runs where id = ${locked.runId} for update`
      isLocked()
      await held
    })
    await isHeld
    const first = stores.runs.commit(others[0] ?? locked, say('alone'))
    const late = stores.runs.commit(locked, say('late'))
    await Promise.all(others.slice(1).map((ref) => stores.runs.commit(ref, say('now'))))
    await first
    expect(await textsOf([locked])).toEqual([[]])
    release()
    expect(await late).toMatchObject({ cancelRequested: false })
    await foreign
    expect(await textsOf([locked])).toHaveLength(1)
  })

  it('are each refused for themselves: lost, repeated, cancelled, or not continuing their log', async () => {
    const refs = await start(6)
    const [first, lost, repeated, cancelled, torn, good] = refs
    if (!first || !lost || !repeated || !cancelled || !torn || !good) throw new Error('No runs')
    await stores.runs.commit(repeated, { ...say('once'), write: 1 })
    await stores.runs.requestCancel('', cancelled.runId, null)
    const results = await Promise.allSettled([
      stores.runs.commit(first, say('first')),
      stores.runs.commit({ ...lost, epoch: lost.epoch - 1 }, say('never')),
      stores.runs.commit(repeated, { ...say('once'), write: 1 }),
      stores.runs.commit(cancelled, { ...say('never'), release: succeed }),
      stores.runs.commit(torn, { ...say('never'), entries: logEntries(7, 1) }),
      stores.runs.commit(good, { ...say('good'), release: succeed }),
    ])
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : 'rejected'))).toEqual([
      { cancelRequested: false, wake: [] },
      null,
      { cancelRequested: false, wake: [] },
      { cancelRequested: true, wake: [], refused: true },
      'rejected',
      { cancelRequested: false, wake: [] },
    ])
    expect((await textsOf(refs)).map((texts) => texts.length)).toEqual([1, 0, 1, 0, 0, 1])
  })

  it('are claimed once each, and one at a time in a session', async () => {
    const session = await stores.sessions.create(newSession())
    const inSession = Array.from({ length: 5 }, () => newRun({ sessionId: session.id }))
    for (const run of inSession) await stores.runs.create(run)
    const free = Array.from({ length: 10 }, () => newRun())
    await Promise.all(free.map((run) => stores.runs.create(run)))
    const ids = [...free, ...inSession].flatMap(({ id }) => [id, id])
    const claims = await Promise.all(ids.map((id) => stores.runs.claim(id, claimant())))
    const won = claims.flatMap((claim) => claim?.journal.run.id ?? [])
    expect(won.toSorted()).toEqual(
      [...free, ...inSession.slice(0, 1)].map(({ id }) => id).toSorted(),
    )
  })
})

const any = { statuses: null, agentId: null, sessionId: null } as const

describe('Random changes', () => {
  it('of many runs, written together, leave what the store in memory has', async () => {
    const seed = Number(process.env['GROUP_SEED'] ?? Math.floor(Math.random() * 1e6))
    console.log(`GROUP_SEED=${seed}`)
    const random = createRandom(seed)
    const memory = memoryStores()
    const sessions = await Promise.all(
      Array.from({ length: 12 }, () => stores.sessions.create(newSession())),
    )
    for (const session of sessions) await memory.sessions.create(session)
    const runs = Array.from({ length: 36 }, (_, index) =>
      newRun({ sessionId: sessions[index]?.id ?? null }),
    )
    const plans = runs.map((run) => drawChanges(random, run.id))
    await Promise.all(runs.map((run, index) => play(stores, run, plans[index] ?? [])))
    await Promise.all(runs.map((run, index) => play(memory, run, plans[index] ?? [])))
    for (const run of runs) {
      expect(await readAll(stores, run.id)).toEqual(await readAll(memory, run.id))
    }
    for (const { id } of sessions) {
      const read = async (from: Stores) => (await from.sessions.get('', id))?.messageCount
      expect(await read(stores)).toBe(await read(memory))
    }
  }, 60_000)
})

/** Draws the changes of one run. Each continues the log where the one before it ended. */
function drawChanges(random: Random, id: string): RunChange[] {
  let seq = 0
  let turn = 0
  const count = random.between(1, 6)
  return Array.from({ length: count }, (_, index) => {
    const write = index + 1
    const lines = random.chance(0.8) ? random.between(0, 700) : 0
    const entries = logEntries(seq, lines)
    seq += lines
    const hasTurn = random.chance(0.5)
    if (hasTurn && (turn === 0 || random.chance(0.6))) turn++
    const waits = random.chance(0.2)
    const change: RunChange = {
      write,
      ...(lines > 0 ? { entries } : {}),
      ...(random.chance(0.5)
        ? { messages: [promptOf('a "b" \\ \u001e\n'), answerOf(`${id} ${index}`)] }
        : {}),
      ...(hasTurn ? { turn: newTurn({ turn }) } : {}),
      ...(random.chance(0.4) ? { toolCalls: [newToolCall(), newToolCall({ state: 'done' })] } : {}),
      ...(random.chance(0.3) ? { title: `title ${index}` } : {}),
      ...(waits ? { approvals: [newApproval({ id })] } : {}),
      ...(write === count ? { release: waits ? { to: 'wait' } : succeed } : {}),
    }
    return change
  })
}

async function play(to: Stores, request: ReturnType<typeof newRun>, changes: readonly RunChange[]) {
  const admission = await to.runs.create(request)
  if (admission.kind !== 'created') throw new Error(admission.kind)
  const claimed = await to.runs.claim(request.id, claimant('me', 60_000))
  if (!claimed) throw new Error('The run could not be claimed')
  const ref = { runId: request.id, epoch: claimed.journal.run.epoch }
  for (const change of changes) {
    expect(await to.runs.commit(ref, change)).toMatchObject({ cancelRequested: false })
  }
}

/** Reads a run with its parts and its log, without the times and ids that each store gives. */
async function readAll(from: Stores, runId: string) {
  const [journal] = await from.runs.journals([runId])
  if (!journal) throw new Error('The run is missing')
  const { status, nextSeq, turns, output, attempts, observations } = journal.run
  const { messages, toolCalls, approvals } = journal
  const log = await from.runs.readLog(runId, -1, 100_000)
  return {
    run: { status, nextSeq, turns, output, attempts, observations },
    messages,
    toolCalls,
    turns: journal.turns,
    log,
    approvals: approvals.map(({ id, status: state, decisionReason }) => [
      id,
      state,
      decisionReason,
    ]),
  }
}
