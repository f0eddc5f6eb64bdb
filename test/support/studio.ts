import { expect, onTestFinished, vi } from 'vitest'
import type { Agent, AgentSpec } from '../../src/agents/agent.ts'
import type { Tool } from '../../src/agents/tool.ts'
import { Studio, type StudioOptions } from '../../src/index.ts'
import type { Stores } from '../../src/storage/store.ts'
import { fixedClock, type FixedClock, type ScriptedTurn } from '../../src/testing.ts'
import { createSupport } from './agents.ts'
import { textAt } from './json.ts'
import { type LineReader, readLines } from './read-ndjson.ts'
import { memoryKind, type StoreKind } from './stores.ts'

/** Options of a test studio, in addition to Studio's own. */
export interface TestStudioOptions extends Omit<StudioOptions, 'stores'> {
  readonly stores?: Stores
  /** The store backend. @default in memory */
  readonly store?: StoreKind
  /** All agents. @default the agent `support` with the turns, tools and spec below */
  readonly agents?: readonly Agent[]
  readonly turns?: readonly ScriptedTurn[]
  readonly tools?: readonly Tool[]
  readonly agent?: Partial<AgentSpec>
}

/** A response with its body read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

type Init = { readonly headers?: Record<string, string>; readonly signal?: AbortSignal }

/** Makes a studio that is closed with its test. Its clock stands still unless a test moves or replaces it. */
export async function createTestStudio(options: TestStudioOptions = {}) {
  const { store = memoryKind, agents, turns = [], tools = [], agent, ...rest } = options
  const clock: FixedClock = fixedClock()
  const { stores, stop } = options.stores
    ? { stores: options.stores, stop: async () => undefined }
    : await store.create(options.clock ?? clock)
  const failures: unknown[] = []
  const support = createSupport(turns, { tools, ...agent })
  const studio = new Studio(agents ?? [support.agent], {
    clock,
    stores,
    shutdownMs: 0,
    onError: (error) => void failures.push(error),
    ...rest,
  })
  onTestFinished(async () => {
    await studio.close()
    await stop()
  })
  return { studio, stores, clock, failures, model: support.model, ...createClient(studio) }
}

/** A studio with functions that call it. */
export type TestStudio = Awaited<ReturnType<typeof createTestStudio>>

/** Starts a second studio on the same stores and clock, like a second process. */
export async function restartStudio(
  { stores, clock }: { stores: Stores; clock: FixedClock },
  options: TestStudioOptions,
): Promise<TestStudio> {
  return createTestStudio({ clock, ...options, stores })
}

function createClient(studio: Studio) {
  const send = (
    method: string,
    path: string,
    { headers, signal, body }: Init & { body?: unknown },
  ) =>
    studio.fetch(
      new Request(new URL(path, 'http://studio.test'), {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      }),
    )
  const client = {
    send,
    get: async (path: string, init: Init = {}) => toAnswer(await send('GET', path, init)),
    del: async (path: string, init: Init = {}) => toAnswer(await send('DELETE', path, init)),
    post: async (path: string, body: unknown = {}, init: Init = {}) =>
      toAnswer(await send('POST', path, { ...init, body })),
    /** Starts a buffered run of the agent `support`. */
    run: (body: object | string, init: Init = {}) =>
      client.post(
        '/agents/support/runs',
        typeof body === 'string' ? { message: body } : body,
        init,
      ),
    /** Starts a streamed run of the agent `support`. */
    async runStream(
      body: object | string,
      init: Init = {},
    ): Promise<LineReader & { response: Response }> {
      const fields = typeof body === 'string' ? { message: body } : body
      const response = await send('POST', '/agents/support/runs', {
        ...init,
        body: { stream: true, ...fields },
      })
      return { response, ...readLines(response) }
    },
    /** Starts a background run; resolves to its id. */
    async startRun(body: object | string, headers: Record<string, string> = {}): Promise<string> {
      const answer = await client.run(body, { headers: { prefer: 'respond-async', ...headers } })
      expect(answer).toMatchObject({ status: 202 })
      return textAt(answer.body, 'id')
    },
    async createSession(body: object = {}): Promise<string> {
      const answer = await client.post('/sessions', { agentId: 'support', ...body })
      return textAt(answer.body, 'id')
    },
    /** Waits until the run has this status; resolves to the run. */
    async runIn(runId: string, status: string): Promise<unknown> {
      return eventually(async () => {
        const { body } = await client.get(`/runs/${runId}`)
        expect(body).toMatchObject({ status })
        return body
      })
    },
    /** Waits until this many approvals are pending; resolves to their ids, oldest first. */
    async pendingApprovals(count = 1): Promise<string[]> {
      return eventually(async () => {
        const { body } = await client.get('/approvals?status=pending')
        const { approvals } = body as { approvals: { id: string }[] }
        expect(approvals).toHaveLength(count)
        return approvals.map(({ id }) => id)
      })
    },
    decide: (approvalId: string, decision: object) =>
      client.post(`/approvals/${approvalId}/decision`, decision),
  }
  return client
}

/** Retries until the function succeeds; rejects with the last failure after 10 s, so that a busy machine has time. */
export function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  return vi.waitFor(attempt, { timeout: 10_000, interval: 5 })
}

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const body: unknown = text === '' ? null : JSON.parse(text)
  return { status: response.status, headers: response.headers, body }
}
