import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inProcessDispatcher } from '../../../src/agents/dispatch/in-process.ts'
import type { Dispatcher } from '../../../src/agents/dispatch/dispatcher.ts'
import { type ApprovalSpec } from '../../../src/agents/approval-policy.ts'
import { defineTool, type Tool } from '../../../src/agents/tool.ts'
import { StudioError } from '../../../src/errors.ts'
import type { AnySchema } from '../../../src/lib/standard-schema.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually, type TestStudioOptions } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const never = new Promise<never>(() => undefined)
const refund = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
const describable = { input: () => ({ type: 'object' }) }

/** A Standard Schema whose validator is the test's. */
function schemaOf(validate: (value: unknown) => unknown): AnySchema {
  const standard = { version: 1, vendor: 'test', validate, jsonSchema: describable }
  return { '~standard': standard } as unknown as AnySchema
}

/** A tool `refund` that a part of the test's code makes hang. */
const hanging: Record<string, () => Tool> = {
  'an approval policy': () => createRefundTool({ when: () => never }).tool,
  'a schema': () =>
    defineTool({ ...base, input: schemaOf(() => never), execute: () => 'refunded' }),
  'a description': () => ({ ...defineTool(base), describeInput: () => never }),
  'a tool': () => defineTool({ ...base, execute: () => never }),
  'a generator': () =>
    defineTool({
      ...base,
      async *execute() {
        yield 'half'
        await never
      },
    }),
  'a stream': () =>
    defineTool({ ...base, execute: () => new ReadableStream({ pull: () => never }) }),
}
const base = { name: 'refund', description: 'Refunds.', execute: () => 'refunded' }

describe.each(storeKinds)('code of the user that never answers, on $name stores', (store) => {
  it.each(Object.keys(hanging))('%s: the run ends when it is cancelled', async (what) => {
    const studio = await createTestStudio(createOptions(what))
    const runId = await studio.startRun('go')
    await studio.runIn(runId, 'running')
    await studio.post(`/runs/${runId}/cancel`)
    expect(await studio.runIn(runId, 'cancelled')).toMatchObject({ id: runId })
  })

  it.each(Object.keys(hanging))('%s: the run ends at its time limit', async (what) => {
    const studio = await createTestStudio(createOptions(what))
    expect(await studio.run({ message: 'go', timeoutMs: 200 })).toMatchObject({
      status: 500,
      body: { error: { details: { code: 'timeout' } } },
    })
  })

  it.each(Object.keys(hanging))('%s: close returns and leaves the run to others', async (what) => {
    const studio = await createTestStudio(createOptions(what))
    const runId = await studio.startRun('go')
    await studio.runIn(runId, 'running')
    await studio.studio.close()
    expect(await studio.stores.runs.get('', runId)).toMatchObject({ endedAt: null, owner: null })
  })

  function createOptions(what: string): TestStudioOptions {
    return { store, turns: [refund, 'done'], tools: [hanging[what]?.() ?? defineTool(base)] }
  }
})

const policies: [string, ApprovalSpec<unknown>][] = [
  [
    'throws',
    {
      when: () => {
        throw new Error('policy down')
      },
    },
  ],
  [
    'rejects',
    {
      when: async () => {
        throw new Error('policy down')
      },
    },
  ],
  ['returns nothing', { when: (() => undefined) as unknown as () => boolean }],
  ['returns a text', { when: (() => 'false') as unknown as () => boolean }],
  [
    'has a reason that throws',
    {
      reason: () => {
        throw new Error('policy down')
      },
    },
  ],
  [
    'has a reason that rejects',
    {
      reason: (async () => {
        throw new Error('policy down')
      }) as unknown as () => string,
    },
  ],
  ['has a reason that is no text', { reason: (() => 5) as unknown as () => string }],
]

it.each(policies)('a call does not run when its approval policy %s', async (_, approval) => {
  const executed: unknown[] = []
  const tool = defineTool({ ...base, approval, execute: (input) => executed.push(input) })
  const reported: unknown[][] = []
  const studio = await createTestStudio({
    turns: [refund, 'done'],
    tools: [tool],
    onError: (...args) => void reported.push(args),
  })
  const { body } = await studio.run('go')
  expect(textAt(body, 'output')).toBe('done')
  expect(JSON.stringify(studio.model.calls[1]?.prompt.at(-1))).toContain('ApprovalPolicyError')
  expect(executed).toEqual([])
  const context = {
    runId: textAt(body, 'runId'),
    agentId: 'support',
    tool: 'refund',
    toolCallId: 'c1',
  }
  expect(reported).toEqual([[expect.any(Error), undefined, context]])
})

const validators: [string, (value: unknown) => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('schema down')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('schema down')
    },
  ],
  ['returns nothing', () => undefined],
  ['returns issues that are no list', () => ({ issues: 'all' })],
]

it.each(validators)('a call is refused when its schema %s', async (_, validate) => {
  const tool = defineTool({ ...base, input: schemaOf(validate) })
  const studio = await createTestStudio({ turns: [refund, 'done'], tools: [tool] })
  expect(await studio.run('go')).toMatchObject({ status: 200, body: { output: 'done' } })
  expect(JSON.stringify(studio.model.calls[1]?.prompt.at(-1))).toContain('InvalidInputError')
  expect(studio.failures).toHaveLength(1)
})

it('a rejection stands when its message function throws', async () => {
  const { tool } = createRefundTool({
    rejectMessage: () => {
      throw new Error('no words')
    },
  })
  const studio = await createTestStudio({ turns: [refund, 'done'], tools: [tool] })
  const run = studio.run('go')
  const [id = ''] = await studio.pendingApprovals()
  await studio.decide(id, { approved: false })
  expect(await run).toMatchObject({ status: 200, body: { output: 'done' } })
  expect(studio.failures).toMatchObject([{ message: 'no words' }])
})

it('onError gets what a tool threw as it was thrown, and the model one line with its code', async () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), {
    code: 'ECONNREFUSED',
  })
  const thrown = new TypeError('fetch failed', { cause })
  const tool = defineTool({
    ...base,
    execute: () => {
      throw thrown
    },
  })
  const reported: unknown[][] = []
  const onError = (...args: unknown[]) => void reported.push(args)
  const studio = await createTestStudio({ turns: [refund, 'done'], tools: [tool], onError })
  const { body } = await studio.run('go')
  const context = {
    runId: textAt(body, 'runId'),
    agentId: 'support',
    tool: 'refund',
    toolCallId: 'c1',
  }
  expect(reported).toEqual([[thrown, undefined, context]])
  expect(reported[0]?.[0]).toBe(thrown)
  const told = JSON.stringify(studio.model.calls[1]?.prompt.at(-1))
  expect(told).toContain('TypeError: fetch failed (ECONNREFUSED)')
  expect(told).not.toContain('10.0.0.1')
})

it('onError gets what a model threw as it was thrown', async () => {
  const thrown = Object.assign(new Error('Incorrect API key'), { statusCode: 401 })
  const reported: unknown[][] = []
  const onError = (...args: unknown[]) => void reported.push(args)
  const turns = [
    () => {
      throw thrown
    },
  ]
  const studio = await createTestStudio({ turns, onError })
  const { body } = await studio.run('go')
  const runId = textAt(body, 'error.details.runId')
  expect(reported).toEqual([[thrown, undefined, { runId, agentId: 'support' }]])
})

it('a generator of a tool shows its progress in the stream, and its last value is the result', async () => {
  const tool = defineTool({
    ...base,
    async *execute() {
      yield { step: 'looking' }
      yield 'refunding'
      yield { refunded: 5 }
    },
  })
  const studio = await createTestStudio({ turns: [refund, 'done'], tools: [tool] })
  const lines = await (await studio.runStream('go')).rest()
  const shown = lines.filter(({ type }) => type === 'tool_progress' || type === 'tool_result')
  expect(shown).toMatchObject([
    { type: 'tool_progress', toolCallId: 'c1', toolName: 'refund', progress: { step: 'looking' } },
    { type: 'tool_progress', progress: 'refunding' },
    { type: 'tool_result', result: '{"refunded":5}' },
  ])
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
})

it('calls beyond limits.turnToolCalls get an error and do not run', async () => {
  const places: number[] = []
  const tool = defineTool({
    ...base,
    input: z.object({ place: z.number() }),
    execute: ({ place }) => places.push(place),
  })
  const calls = Array.from({ length: 5 }, (_, place) => toolCall('refund', { place }))
  const limits = { turnToolCalls: 2 }
  const studio = await createTestStudio({ turns: [calls, 'done'], tools: [tool], limits })
  await studio.run('go')
  expect(places).toEqual([0, 1])
  const results = listAt(studio.model.calls[1]?.prompt.at(-1), 'content')
  expect(results.map((result) => textAt(result, 'output.type'))).toEqual([
    'text',
    'text',
    'error-text',
    'error-text',
    'error-text',
  ])
})

describe('a dispatcher of the user', () => {
  const inner = (): Dispatcher => inProcessDispatcher()
  const asking = () => createRefundTool({ expiresInMs: 60_000 }).tool

  it('whose wake rejects for a later time is reported, and the run waits', async () => {
    const { start, wake, stop } = inner()
    const dispatcher: Dispatcher = {
      start,
      stop,
      async wake(runId, at) {
        if (at !== undefined) throw new Error('the queue is away')
        await wake(runId)
      },
    }
    const studio = await createTestStudio({
      dispatcher,
      turns: [refund, 'done'],
      tools: [asking()],
    })
    const runId = await studio.startRun('go')
    await studio.runIn(runId, 'waiting')
    await eventually(async () =>
      expect(studio.failures).toMatchObject([{ message: 'the queue is away' }]),
    )
  })

  it.each(['start', 'wake', 'stop'] as const)('whose %s throws is reported', async (method) => {
    const dispatcher: Dispatcher = {
      ...inner(),
      [method]: () => {
        throw new Error('broken queue')
      },
    }
    const studio = await createTestStudio({ dispatcher, turns: ['done'] })
    await studio.startRun('go')
    await studio.studio.close()
    expect(studio.failures).toMatchObject([{ message: 'broken queue' }])
  })

  it('that drops a failed promise of the studio harms nobody', async () => {
    const { stores } = await createTestStudio()
    const away = async () => {
      throw new StudioError('unavailable', 'away')
    }
    const broken = { ...stores, runs: { ...stores.runs, due: away, claim: away } }
    const dispatcher: Dispatcher = {
      start(work) {
        void work.due()
        void work.advance('r')
      },
      wake: () => undefined,
      stop: async () => undefined,
    }
    const studio = await createTestStudio({ stores: broken, dispatcher })
    // an unhandled rejection would fail this test file
    expect(await studio.startRun('go')).not.toBe('')
  })

  it.each([{}, 5, { start() {}, stop() {} }])('%j is a TypeError', async (dispatcher) => {
    const options = { dispatcher: dispatcher as unknown as Dispatcher }
    await expect(createTestStudio(options)).rejects.toThrow(/dispatcher needs the method/)
  })
})

describe('an onError that fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('hook')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('hook')
      },
    ],
    ['hangs', () => never],
  ])('and %s stops neither the runs nor the sweep', async (_, onError) => {
    const { stores } = await createTestStudio()
    let failing = 3
    const due: typeof stores.runs.due = async (...args) => {
      if (failing-- > 0) throw new StudioError('unavailable', 'away')
      return stores.runs.due(...args)
    }
    const claim: typeof stores.runs.claim = async (...args) => {
      if (failing > 0) throw new StudioError('unavailable', 'away')
      return stores.runs.claim(...args)
    }
    const studio = await createTestStudio({
      stores: { ...stores, shared: true, runs: { ...stores.runs, due, claim } },
      dispatcher: inProcessDispatcher({ sweepMs: 5, onError }),
      turns: [[{ error: { status: 401, message: 'no' } }]],
      onError,
    })
    const runId = await studio.startRun('go')
    expect(await studio.runIn(runId, 'failed')).toMatchObject({ id: runId })
  })
})
