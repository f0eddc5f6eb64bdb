import OpenAI from 'openai'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { describe, expect, it } from 'vitest'
import { createCompletionView } from '../../../src/protocols/openai/completions/completion-view.ts'
import { firstPart } from '../../../src/protocols/openai/response-part.ts'
import { createResponseView } from '../../../src/protocols/openai/response-view.ts'
import type { LoggedEvent } from '../../../src/protocols/shared/run-events.ts'
import type { RunSummary } from '../../../src/records/run.ts'
import { startFleet } from '../../campaigns/fleet.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

const run = {
  id: 'r',
  agentId: 'a',
  sessionId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  input: { metadata: null },
} as RunSummary

const number = (events: readonly object[], from = 0) =>
  events.map((event, index) => ({ ...event, seq: from + index }) as LoggedEvent)

const usage = {
  inputTokens: 1,
  outputTokens: 1,
  totalTokens: 2,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}
const text = (delta: string) => ({ type: 'text_delta', turn: 1, delta })
const ended = [
  { type: 'turn_end', turn: 1, usage, finishReason: 'stop' },
  { type: 'final', runId: 'r', output: 'abcd', messages: [], usage },
]

/** Stored, shown but lost with the owner, and what the next owner wrote. */
const stored = number([{ type: 'turn_start', turn: 1 }, text('a'), text('b')])
const lost = number([text('c'), text('x')], 3)
const again = number([{ type: 'turn_start', turn: 1, attempt: 2 }, text('abcd'), ...ended], 3)

const play = (events: readonly LoggedEvent[], startingAfter = -1) => {
  const view = createResponseView(firstPart(run), startingAfter)
  return [...view.begin(), ...events.flatMap((event) => [...view.event(event)])]
}

describe('a turn that another process takes over', () => {
  it('ends the item that was begun as incomplete and empty, and begins another', () => {
    const frames = play([...stored, ...lost, ...again])
    expect(frames.at(-1)).toMatchObject({
      type: 'response.completed',
      response: {
        output: [
          { status: 'incomplete', content: [] },
          { status: 'completed', content: [{ text: 'abcd' }] },
        ],
      },
    })
    const done = frames.filter(({ type }) => type === 'response.output_item.done')
    expect(done).toMatchObject([
      { output_index: 0, item: { status: 'incomplete', content: [] } },
      { output_index: 1, item: { status: 'completed' } },
    ])
  })

  it('has the same numbers in each process, all of them after those that were lost', () => {
    const live = play([...stored, ...lost])
    const resumed = play([...stored, ...again], live.at(-1)?.sequence_number)
    expect(resumed).toEqual(play([...stored, ...lost, ...again]).slice(live.length))
    const numbers = [...live, ...resumed].map(({ sequence_number }) => sequence_number)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
  })

  it('ends a stream of chat chunks with an error, if they have shown something of it', () => {
    const facts = { id: 'c', created: 0, model: 'a' }
    const view = createCompletionView(facts, { runId: 'r', includeUsage: false })
    const chunks = [...stored, ...again].flatMap((event) => [...view.event(event)])
    expect(chunks.at(-1)).toMatchObject({ error: { code: 'interrupted' } })
    const fresh = createCompletionView(facts, { runId: 'r', includeUsage: false })
    const whole = [...stored.slice(0, 1), ...number(again, 1)].flatMap((event) => [
      ...fresh.event(event),
    ])
    expect(whole.at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }] })
  })
})

it('a stream whose process is killed goes on at another one after the last number', async () => {
  const { sql, url } = await createSharedDatabase()
  const fleet = await startFleet({ databaseUrls: [url, url], leaseMs: 1_000 })
  try {
    const [first, second] = fleet.instances.map(
      (instance) =>
        new OpenAI({
          apiKey: 'none',
          baseURL: `${instance.url}/v1`,
          maxRetries: 0,
          timeout: 30_000,
        }),
    )
    const script = { turns: [{ deltas: 60, paceMs: 60, calls: [] }] }
    const stream = await first?.responses.create({
      model: 'campaign',
      input: JSON.stringify(script),
      stream: true,
    })
    const events: ResponseStreamEvent[] = []
    const readAll = async (
      source: AsyncIterable<ResponseStreamEvent> | undefined,
      stop: number,
    ) => {
      for await (const event of source ?? []) {
        events.push(event)
        if (events.length === stop) void fleet.instances[0]?.kill()
      }
    }
    await expect(readAll(stream, 20)).rejects.toBeInstanceOf(Error)
    const created = events[0]
    const id = created?.type === 'response.created' ? created.response.id : ''
    const after = events.at(-1)?.sequence_number ?? 0
    const resumed = await second?.responses.retrieve(id, { stream: true, starting_after: after })
    await readAll(resumed, Infinity)
    const numbers = events.map(({ sequence_number }) => sequence_number)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    const last = events.at(-1)
    const whole = Array.from({ length: 60 }, (_, index) => `1.${index} `).join('')
    expect(last).toMatchObject({ type: 'response.completed' })
    const response = last?.type === 'response.completed' ? last.response : undefined
    expect(response?.output.at(-1)).toMatchObject({ content: [{ text: whole }] })
    expect(response?.output[0]).toMatchObject({ status: 'incomplete', content: [] })
    const retrieved = await second?.responses.retrieve(id)
    expect(retrieved).toMatchObject({ output_text: whole, output: response?.output })
  } finally {
    await fleet.stop()
    await sql.end()
  }
})
