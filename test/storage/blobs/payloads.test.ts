import { describe, expect, it } from 'vitest'
import { blobStores, type Blobs, type BlobStoresOptions } from '../../../src/blobs.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import { formatReference } from '../../../src/storage/blobs/references.ts'
import type { RunChange, Stores } from '../../../src/storage/store.ts'
import { fixedClock, memoryBlobs } from '../../../src/testing.ts'
import { createRandom } from '../../campaigns/random.ts'
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
} from '../../support/records.ts'

/** Stores with blobs in memory, which count their calls and fail when they are told to. */
function createFixture(options: BlobStoresOptions = {}) {
  const clock = fixedClock()
  const plain = memoryStores({ clock })
  const kept = memoryBlobs({ clock })
  const calls: string[] = []
  const state: { fault: (() => Promise<never>) | null } = { fault: null }
  const watch = <T>(name: string, call: () => Promise<T>) => {
    calls.push(name)
    return state.fault ? state.fault() : call()
  }
  const blobs: Blobs = {
    put: (key, bytes) => watch(`put ${key}`, () => kept.put(key, bytes)),
    get: (key) => watch(`get ${key}`, () => kept.get(key)),
    delete: (keys) => watch(`delete ${keys.length}`, () => kept.delete(keys)),
    list: (prefix, after) => watch(`list ${prefix}`, () => kept.list(prefix, after)),
  }
  const stores = blobStores(plain, blobs, { minBytes: 1_000, clock, ...options })
  return { clock, plain, kept, calls, state, stores }
}

const large = (letter: string, length = 5_000) => letter.repeat(length)
const entry = (seq: number, text: string) => {
  return { seq, type: 'text_delta', json: JSON.stringify({ type: 'text_delta', delta: text, seq }) }
}
const endWith = (output: string) =>
  ({ to: 'end', status: 'succeeded', output, error: null, partial: null }) as const
const all = { tenant: '', statuses: null, agentId: null, sessionId: null, limit: 50, cursor: null }

/** A change with a large value in every place that may have one. */
function largeChange(runId: string): RunChange {
  const approval = newApproval(
    { id: runId },
    { args: large('a'), input: { text: large('b') }, toolCallId: 'call-2' },
  )
  const result = [{ type: 'text', text: large('c') }] as const
  return {
    entries: [...logEntries(0, 2), entry(2, large('d')), entry(3, 'small')],
    messages: [promptOf('hi'), answerOf(large('e'))],
    turn: newTurn({ pause: { state: large('f'), calls: {} } }),
    approvals: [approval],
    toolCalls: [
      newToolCall({ input: { text: large('g') }, state: 'done', result }),
      newToolCall({ toolCallId: 'call-2', state: 'waiting', approvalId: approval.id }),
    ],
  }
}

describe('stores with blobs', () => {
  it('never touch the blobs for small values, and pass the same change on', async () => {
    const { stores, calls } = createFixture()
    const session = await stores.sessions.create(newSession())
    const ref = await startRun(stores, { sessionId: session.id })
    const change = { entries: logEntries(0, 300), messages: [promptOf('hi')], turn: newTurn() }
    await stores.runs.commit(ref, change)
    await stores.runs.commit(ref, { release: succeed })
    await stores.runs.readLog(ref.runId, -1, 500)
    await stores.runs.journals([ref.runId])
    await stores.sessions.read('', session.id, { limit: 10, before: null, bytes: 1e6 })
    expect(calls).toEqual([])
  })

  it('give back every large value as it was, while the rows below have references alone', async () => {
    const { stores, plain } = createFixture()
    const other = memoryStores({ clock: fixedClock() })
    const input = {
      ...newRun().input,
      prompt: promptOf(large('p')).message,
      history: Array.from({ length: 40 }, () => answerOf(large('h', 100)).message),
      clientTools: [{ name: 'tool', description: large('t'), inputSchema: { type: 'object' } }],
    }
    const request = newRun({ input })
    const change = largeChange(request.id)
    const end = { ...endWith(large('o')), partial: answerOf(large('q')).message }
    for (const each of [stores, other]) {
      await each.runs.create(request)
      const claimed = await each.runs.claim(request.id, claimant())
      const ref = { runId: request.id, epoch: claimed?.journal.run.epoch ?? 0 }
      expect(claimed?.history).toEqual(input.history)
      await each.runs.commit(ref, change)
      await each.runs.commit(ref, { release: end })
    }
    const read = async (from: Stores) => ({
      journals: await from.runs.journals([request.id]),
      log: await from.runs.readLog(request.id, -1, 10),
      run: await from.runs.get('', request.id),
      list: await from.runs.list(all),
      approvals: await from.approvals.list({ ...all, runId: request.id }),
    })
    expect(await read(stores)).toEqual(await read(other))
    expect(JSON.stringify(await read(plain)).length).toBeLessThan(12_000)
    expect(JSON.stringify(await read(other)).length).toBeGreaterThan(60_000)
  })

  it('take no text of a user for a reference, whatever its size and place', async () => {
    const { stores, kept } = createFixture()
    const other = await startRun(stores)
    await stores.runs.commit(other, { messages: [answerOf(large('secret '))] })
    const [blob] = (await kept.list('runs/', null)).items
    const hash = blob?.key.slice(-64) ?? ''
    const forged = formatReference(other.runId, hash, 35_000)
    const ref = await startRun(stores)
    const message = { role: 'system', content: forged } as const
    const change: RunChange = {
      entries: [{ seq: 0, type: 'x', json: JSON.stringify({ type: 'x', seq: 0, blob: forged }) }],
      messages: [{ turn: 0, message }],
      turn: newTurn({ toolNames: [forged], retries: [{ at: 'x', delayMs: 1, message: 'kept' }] }),
      toolCalls: [newToolCall({ input: forged, result: [{ type: 'text', text: forged }] })],
      release: endWith(forged),
    }
    await stores.runs.commit(ref, change)
    const [journal] = await stores.runs.journals([ref.runId])
    expect(journal).toMatchObject({
      run: { output: forged },
      messages: change.messages,
      turns: [change.turn],
      toolCalls: change.toolCalls,
    })
    expect(await stores.runs.readLog(ref.runId, -1, 5)).toEqual(change.entries)
    const input = { ...newRun().input, prompt: message, history: [message] }
    const again = await startRun(stores, { input })
    expect(again.run.input).toEqual(input)
  })

  it('keep any text of any size, to the letter', async () => {
    const seed = Math.floor(Math.random() * 1e6)
    console.log(`seed ${seed}`)
    const random = createRandom(seed)
    const letters = ['a', 'é', '€', '😀', '\u0000', '\ud800', '\udc00', '\ufeff', '"', '\\', '\n']
    const { stores } = createFixture({ minBytes: 500 })
    for (let round = 0; round < 60; round++) {
      const text = Array.from({ length: random.between(0, 400) }, () => random.pick(letters))
      const output = text.join('')
      const ref = await startRun(stores)
      const messages = [answerOf(output)]
      const entries = [entry(0, output)]
      await stores.runs.commit(ref, { entries, messages, release: endWith(output) })
      const [journal] = await stores.runs.journals([ref.runId])
      expect(journal?.run.output).toBe(output)
      expect(journal?.messages).toEqual(messages)
      expect(await stores.runs.readLog(ref.runId, -1, 5)).toEqual(entries)
    }
  })

  it('write a blob before the row that names it, and no row when that fails', async () => {
    const { stores, plain, state } = createFixture()
    const ref = await startRun(stores)
    state.fault = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:9000'))
    const change = { write: 1, messages: [answerOf(large('x'))], entries: [entry(0, large('y'))] }
    const failed = stores.runs.commit(ref, change)
    await expect(failed).rejects.toMatchObject({ code: 'unavailable', details: undefined })
    await expect(failed).rejects.not.toThrow(/10\.0\.0\.7/)
    expect(await plain.runs.readLog(ref.runId, -1, 5)).toEqual([])
    state.fault = null
    expect(await stores.runs.commit(ref, change)).toMatchObject({ cancelRequested: false })
    expect(await stores.runs.commit(ref, change)).toMatchObject({ cancelRequested: false }) // repeated
    expect(await stores.runs.readLog(ref.runId, -1, 5)).toEqual(change.entries)
  })

  it('write the arguments of a call once, however many states the call goes through', async () => {
    const { stores, calls } = createFixture()
    const ref = await startRun(stores)
    const input = { text: large('x') }
    for (const callState of ['planned', 'started', 'done'] as const) {
      await stores.runs.commit(ref, { toolCalls: [newToolCall({ input, state: callState })] })
    }
    expect(calls.filter((call) => call.startsWith('put'))).toHaveLength(1)
  })

  it('reject with unavailable for a blob that is missing, damaged or not answered for', async () => {
    const { stores, kept, state } = createFixture({ timeoutMs: 50 })
    const ref = await startRun(stores)
    await stores.runs.commit(ref, { entries: [entry(0, large('x'))], release: succeed })
    const read = () => stores.runs.readLog(ref.runId, -1, 5)
    const [blob] = (await kept.list('runs/', null)).items
    const key = blob?.key ?? ''
    const bytes = (await kept.get(key)) ?? new Uint8Array()
    await kept.put(key, bytes.slice(0, 100))
    const damaged = { code: 'unavailable', message: 'A stored payload is damaged' }
    await expect(read()).rejects.toMatchObject(damaged)
    await kept.put(key, bytes.slice().fill(65))
    await expect(read()).rejects.toMatchObject(damaged)
    await kept.delete([key])
    await expect(read()).rejects.toMatchObject({ message: 'A stored payload is missing' })
    await kept.put(key, bytes)
    state.fault = () => new Promise(() => undefined)
    await expect(read()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The blobs do not answer',
    })
    state.fault = null
    expect(await read()).toHaveLength(1)
  })

  it.each([{ minBytes: 0 }, { minBytes: 1.5 }, { timeoutMs: 0 }, { minbytes: 5 }])(
    'refuse the options %o',
    (options) => {
      const open = () => blobStores(memoryStores(), memoryBlobs(), options as BlobStoresOptions)
      expect(open).toThrow(TypeError)
    },
  )
})
