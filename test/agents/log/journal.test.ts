import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../src/errors.ts'
import { openJournal } from '../../../src/agents/log/journal.ts'
import { joinChannel, type Channels } from '../../../src/agents/log/channel.ts'
import { maxUnstored } from '../../../src/agents/log/resume.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import type { ClaimedRun, RunChange } from '../../../src/storage/store.ts'
import { messageText, userMessage } from '../../../src/records/message.ts'
import { createGate, type Gate } from '../../support/agents.ts'
import { claimant, newRun, newToolCall } from '../../support/records.ts'
import { eventually } from '../../support/studio.ts'

const usage = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}
const result = (turn: number) =>
  ({
    type: 'tool_result',
    turn,
    toolCallId: `c${turn}`,
    callId: `c${turn}`,
    internalCallId: 'i',
    toolName: 'add',
    result: '3',
  }) as const

/** Creates a journal. Its first writes wait for one gate each, in order; later writes do not wait. */
async function createJournal(gates: Gate[] = []) {
  const { runs } = memoryStores()
  const request = newRun()
  await runs.create(request)
  const claimed = await runs.claim(request.id, claimant('test', 60_000))
  if (!claimed) throw new Error('The run could not be claimed')
  const changes: RunChange[] = []
  const stops: string[] = []
  const failures: unknown[] = []
  const channels: Channels = new Map()
  const channel = joinChannel(channels, request.id)
  const open = (claim: ClaimedRun) =>
    openJournal({
      runs: {
        ...runs,
        async commit(ref, change) {
          changes.push(change)
          await gates.shift()?.opened
          return runs.commit(ref, change)
        },
      },
      claimed: claim,
      channel,
      limits: { runEvents: Infinity, runBytes: Infinity },
      retryOutage: (write) => write(),
      onStop: (reason) => void stops.push(reason),
      onError: (error) => void failures.push(error),
    })
  const journal = open(claimed)
  const shown = () => (channel.tail?.entries ?? []).map(({ seq, type }) => [seq, type])
  const stored = async () =>
    (await runs.readLog(request.id, -1, 100)).map(({ seq, type }) => [seq, type])
  return {
    journal,
    open,
    channel,
    changes,
    stops,
    failures,
    shown,
    stored,
    runs,
    runId: request.id,
  }
}

describe('the journal of a run', () => {
  it('delta and emit show events at once and store them with the next write', async () => {
    const { journal, shown, stored } = await createJournal()
    journal.delta('text_delta', '{"type":"text_delta","turn":1,"delta":"a"')
    journal.emit({ type: 'turn_end', turn: 1, usage, finishReason: 'stop' })
    expect(shown()).toEqual([
      [0, 'text_delta'],
      [1, 'turn_end'],
    ])
    expect(await stored()).toEqual([])
    await journal.write()
    expect(await stored()).toEqual(shown())
    journal.close()
  })

  it('the journal shows at most maxUnstored entries before they are stored', async () => {
    const gate = createGate()
    const { journal, shown, runs, runId } = await createJournal([gate])
    for (let count = 0; count < maxUnstored + 3; count++) {
      journal.delta('text_delta', '{"type":"text_delta","turn":1,"delta":"a"')
    }
    const before = shown()
    gate.open()
    await journal.write()
    expect([before.length, before.at(-1)]).toEqual([maxUnstored, [maxUnstored - 1, 'text_delta']])
    const rest = await runs.readLog(runId, maxUnstored - 1, 10)
    expect(rest.map(({ seq }) => seq)).toEqual([maxUnstored, maxUnstored + 1, maxUnstored + 2])
    journal.close()
  })

  it('the journal stores staged changes by itself within flushMs', async () => {
    const { journal, stored, changes } = await createJournal()
    journal.delta('text_delta', '{"type":"text_delta","turn":1,"delta":"a"')
    journal.stage({ messages: [{ turn: 0, message: userMessage('hi') }] })
    await eventually(async () => expect(await stored()).toEqual([[0, 'text_delta']]))
    expect(changes).toHaveLength(1)
    expect(changes[0]?.messages).toHaveLength(1)
    journal.close()
  })

  it('a write of the journal itself is left out when others have stored everything, even the end of the run', async () => {
    const gate = createGate()
    const { journal, changes, stops, failures } = await createJournal([gate])
    const delta = () => journal.delta('text_delta', '{"type":"text_delta","turn":1,"delta":"a"')
    delta()
    await eventually(async () => expect(changes).toHaveLength(1))
    const end = { to: 'end', status: 'succeeded', output: 'a', error: null, partial: null } as const
    delta()
    const ended = journal.write({ release: end })
    await new Promise((resolve) => setTimeout(resolve, 150)) // the write of the second delta waits behind the end
    gate.open()
    await ended
    await journal.dropUnstored() // after all writes
    expect(changes.map(({ entries, release }) => [entries?.length, release?.to])).toEqual([
      [1, undefined],
      [1, 'end'],
    ])
    expect([stops, failures]).toEqual([[], []])
    journal.close()
  })

  it('write shows its events only once they are stored, followed by the deltas of the meantime', async () => {
    const gate = createGate()
    const { journal, shown, stored } = await createJournal([gate])
    const written = journal.write({ toolCalls: [newToolCall()] }, [result(1)])
    await Promise.resolve()
    journal.delta('text_delta', '{"type":"text_delta","turn":2,"delta":"a"')
    expect(shown()).toEqual([])
    gate.open()
    await written
    expect(shown()).toEqual([
      [0, 'tool_result'],
      [1, 'text_delta'],
    ])
    await journal.write()
    expect(await stored()).toEqual(shown())
    journal.close()
  })

  it('a refused write keeps the changes that were staged before and during it', async () => {
    const gate = createGate()
    const { journal, changes, runs } = await createJournal([gate])
    const { commit } = runs
    let refusals = 1
    runs.commit = async (ref, change) =>
      refusals-- > 0 ? { refused: true, cancelRequested: true, wake: [] } : commit(ref, change)
    journal.stage({ messages: [{ turn: 1, message: userMessage('before') }] })
    const refused = journal.write({ release: { to: 'wait' } })
    await Promise.resolve()
    journal.stage({ messages: [{ turn: 1, message: userMessage('during') }] })
    gate.open()
    expect(await refused).toMatchObject({ refused: true })
    await journal.write()
    const texts = changes.at(-1)?.messages?.map(({ message }) => messageText(message))
    expect(texts).toEqual(['before', 'during'])
    expect(changes.at(-1)).not.toHaveProperty('release')
    journal.close()
  })

  it('deltas that are hidden during a write start no further writes', async () => {
    const gate = createGate()
    const { journal, changes } = await createJournal([gate])
    const delta = '{"type":"text_delta","turn":1,"delta":"a"'
    for (let count = 0; count < 512; count++) journal.delta('text_delta', delta) // starts a write
    journal.stage({}, [result(1)])
    await Promise.resolve()
    for (let count = 0; count < 100; count++) journal.delta('text_delta', delta)
    gate.open()
    await journal.write()
    expect(changes.map(({ entries }) => entries?.length)).toEqual([513, 100])
    journal.close()
  })

  it('writes never overlap and leave no gap in the log', async () => {
    const gates = [createGate(), createGate()]
    const [first, second] = gates
    const { journal, changes, stored } = await createJournal([...gates])
    const writes = [1, 2, 3].map((turn) => journal.write({}, [result(turn)]))
    second?.open()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(changes).toHaveLength(1)
    first?.open()
    await Promise.all(writes)
    expect((await stored()).map(([seq]) => seq)).toEqual([0, 1, 2])
    journal.close()
  })

  it('the journal is lost after a takeover: every write throws and onStop is called once', async () => {
    const { journal, stops, runs, runId } = await createJournal()
    const [owned] = await runs.journals([runId])
    await runs.commit({ runId, epoch: owned?.run.epoch ?? 0 }, { release: { to: 'yield' } })
    await runs.claim(runId, claimant('other', 60_000))
    await expect(journal.write()).rejects.toMatchObject({ code: 'conflict' })
    await expect(journal.write()).rejects.toMatchObject({ code: 'conflict' })
    expect(journal.lost).toBe(true)
    expect(stops).toEqual(['lost'])
    journal.close()
  })

  it('a journal that is closed during a write does not affect the next claim', async () => {
    const gate = createGate()
    const { journal, open, shown, stored, runs, runId } = await createJournal([gate])
    journal.emit({ type: 'turn_start', turn: 1 })
    const written = journal.write({ release: { to: 'yield' } }, [result(1)])
    journal.close()
    gate.open()
    await written
    const claimed = await runs.claim(runId, claimant('test', 60_000))
    if (!claimed) throw new Error('The run could not be claimed')
    const next = open(claimed)
    next.emit({ type: 'turn_start', turn: 2 })
    expect(shown()).toEqual([[2, 'turn_start']])
    await next.write()
    expect((await stored()).map(([seq]) => seq)).toEqual([0, 1, 2])
    next.close()
  })

  it('a write reports that the cancellation of the run was requested', async () => {
    const { journal, stops, runs, runId } = await createJournal()
    await runs.requestCancel('', runId, null)
    await journal.write()
    expect(stops).toEqual(['cancelled'])
    journal.close()
  })

  it('a background write during an outage loses the run and is reported to onError', async () => {
    const gate = createGate()
    const { journal, failures, stops } = await createJournal([gate])
    journal.emit({ type: 'turn_start', turn: 1 })
    gate.break(new StudioError('unavailable', 'The database is away'))
    await eventually(async () => expect(failures).toMatchObject([{ code: 'unavailable' }]))
    expect([stops, journal.lost, journal.fault]).toEqual([['lost'], true, null])
    journal.close()
  })

  it('a write that the store refuses for good stops the run and drops what was staged', async () => {
    const gate = createGate()
    const { journal, stops, changes, stored } = await createJournal([gate])
    journal.emit({ type: 'turn_start', turn: 1 })
    journal.stage({ toolCalls: [newToolCall()] }, [result(1)])
    const refusal = new Error('value too long')
    gate.break(refusal)
    await eventually(async () => expect(journal.fault).toEqual({ error: refusal }))
    expect([stops, journal.lost]).toEqual([['unstorable'], false])
    await expect(journal.write({ messages: [] })).rejects.toBe(refusal)
    const release = {
      to: 'end',
      status: 'failed',
      output: null,
      error: null,
      partial: null,
    } as const
    await journal.write({ release }, [{ type: 'cancelled', runId: 'r', usage }])
    expect(changes.at(-1)).toMatchObject({ toolCalls: [], write: 1, release })
    expect(await stored()).toEqual([[0, 'cancelled']])
    journal.close()
  })

  it('dropUnstored takes readers back to the last stored entry', async () => {
    const { journal, channel, shown } = await createJournal()
    journal.emit({ type: 'turn_start', turn: 1 })
    await journal.write()
    journal.delta('text_delta', '{"type":"text_delta","turn":1,"delta":"a"')
    const reader = { cursor: 1, wake: null }
    channel.readers.add(reader)
    await journal.dropUnstored()
    expect([shown(), reader.cursor]).toEqual([[], 0])
    journal.close()
  })
})
