import type {
  ApprovalDecision,
  ApprovalFilter,
  FollowOptions,
  RunFilter,
  SessionFilter,
  StartOptions,
  TraceFilter,
} from './call-options.ts'
import { changeCalls } from './change-calls.ts'
import { callsOfPlans } from './plan-calls.ts'
import { projectCalls } from './project-calls.ts'
import { listPages } from './pages.ts'
import { type RunStream, streamRun } from './run-stream.ts'
import type { StreamLimits } from './connection.ts'
import {
  type Call,
  type CallOptions,
  type ClientOptions,
  createSend,
  readJson,
  segment,
  type Send,
} from './send.ts'
import type {
  AgentInfo,
  AgentRuntime,
  AgentTools,
  Answers,
  ApprovalInfo,
  DatabaseObject,
  DatabaseObjectKind,
  ModelDetail,
  ModelInspection,
  RunBody,
  RunInfo,
  RunResult,
  SessionInfo,
  SessionReading,
  TraceDetail,
  TraceInfo,
} from './wire.ts'

/** A typed client of one studio. It keeps no state and opens nothing, so it needs no end. */
export type StudioClient = ReturnType<typeof createStudioClient>

/**
 * Creates a client of a studio that is reached by `baseUrl`, or of a studio in this process by its `fetch`. Every call rejects
 * with a `StudioClientError`, with the reason of its `signal`, or with what the function `token` threw.
 *
 * @example
 * const client = createStudioClient({ baseUrl: 'https://example.com/studio', token })
 * for await (const event of client.runs.stream('support', { message: 'Where is my order?' })) {
 *   if (event.type === 'text_delta') process.stdout.write(event.delta)
 * }
 *
 * @example
 * const client = createStudioClient({ fetch: studio.fetch })
 * expect(await client.runs.stream('support', { message: 'hi' }).text()).toBe('Hello!')
 */
export function createStudioClient(options: ClientOptions) {
  const send = createSend(options)
  const call = <T>(path: string, given: Call = {}) => send(path, given, readJson<T>)
  const { reconnectMs = 60_000, silenceMs = 45_000 } = options
  return {
    /** Reads any route without parameters in its path: `client.get('/studio/health')`. */
    get: <Path extends keyof Answers>(
      path: Path,
      { query, signal }: CallOptions & { query?: object } = {},
    ) => call<Answers[Path]>(path, { query, signal }),
    agents: agentCalls(call),
    runs: runCalls(send, call, { reconnectMs, silenceMs }),
    sessions: sessionCalls(send, call),
    approvals: approvalCalls(call),
    traces: traceCalls(call),
    schema: schemaCalls(call),
    changes: changeCalls(call),
    plans: callsOfPlans(call),
    ...projectCalls(send, call),
  }
}

type JsonCall = <T>(path: string, call?: Call) => Promise<T>

/** A random key. `crypto.randomUUID` is missing in pages that are not served over HTTPS or from loopback. */
const createKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

function agentCalls(call: JsonCall) {
  return {
    list: async (options: CallOptions = {}) =>
      (await call<Answers['/agents']>('/agents', options)).agents,
    get: async (agentId: string, options: CallOptions = {}) =>
      call<AgentInfo>(`/agents/${segment(agentId)}`, options),
    tools: async (agentId: string, options: CallOptions = {}) =>
      call<AgentTools>(`/agents/${segment(agentId)}/tools`, options),
    runtime: async (agentId: string, options: CallOptions = {}) =>
      call<AgentRuntime>(`/agents/${segment(agentId)}/runtime`, options),
  }
}

function runCalls(send: Send, call: JsonCall, limits: StreamLimits) {
  const pathOf = (runId: string) => `/runs/${segment(runId)}`
  const toPost = (body: RunBody, given: StartOptions, prefer?: string): Call => ({
    method: 'POST',
    body,
    headers: { prefer, 'idempotency-key': given.idempotencyKey ?? createKey() },
    signal: given.signal,
  })
  const runsOf = (agentId: string) => `/agents/${segment(agentId)}/runs`
  return {
    /**
     * Runs an agent, and resolves after the end of the run, however long it takes. Rejects with the error of a run that
     * failed or was cancelled.
     */
    create: async (agentId: string, body: RunBody, options: StartOptions = {}) =>
      call<RunResult>(runsOf(agentId), { ...toPost(body, options), timeoutMs: Infinity }),
    /** Starts a run in the background, and resolves as soon as it is stored. */
    start: async (agentId: string, body: RunBody, options: StartOptions = {}) =>
      call<RunInfo>(runsOf(agentId), toPost(body, options, 'respond-async')),
    /** Runs an agent and streams its events. The run is created when the stream is first read. */
    stream: (agentId: string, body: RunBody, options: StartOptions = {}): RunStream => {
      const post = toPost({ ...body, stream: true } as RunBody, options)
      const create = () => ({ path: runsOf(agentId), post })
      return streamRun(send, { create, ...options, ...limits })
    },
    /** Streams the events of a run that exists: first those of its log, then live. */
    follow: (runId: string, { after = -1, signal }: FollowOptions = {}): RunStream =>
      streamRun(send, { runId, after, signal, ...limits }),
    get: async (runId: string, options: CallOptions = {}) => call<RunInfo>(pathOf(runId), options),
    /** Lists runs, newest first. */
    list: (filter: RunFilter = {}) => listPages<RunInfo>(call, '/runs', 'runs', filter),
    /** Cancels a run. A run that has ended stays as it is. */
    cancel: async (runId: string, options: CallOptions = {}) =>
      call<RunInfo>(`${pathOf(runId)}/cancel`, { ...options, method: 'POST' }),
  }
}

function sessionCalls(send: Send, call: JsonCall) {
  const pathOf = (sessionId: string) => `/sessions/${segment(sessionId)}`
  return {
    create: async (
      body: { readonly agentId: string; readonly title?: string; readonly metadata?: object },
      options: CallOptions = {},
    ) => call<SessionInfo>('/sessions', { ...options, method: 'POST', body }),
    get: async (
      sessionId: string,
      {
        signal,
        ...query
      }: CallOptions & { readonly messageLimit?: number; readonly before?: number } = {},
    ) => call<SessionReading>(pathOf(sessionId), { query, signal }),
    /** Replaces the title or the metadata of a session; null removes it. */
    update: async (
      sessionId: string,
      body: { readonly title?: string | null; readonly metadata?: object | null },
      options: CallOptions = {},
    ) => call<SessionInfo>(pathOf(sessionId), { ...options, method: 'PATCH', body }),
    /** Lists sessions, the latest changed first; `search` finds words of the title and values of the metadata. */
    list: (filter: SessionFilter = {}) =>
      listPages<SessionInfo>(call, '/sessions', 'sessions', filter),
    /** Deletes a session with its runs and traces. */
    delete: async (sessionId: string, options: CallOptions = {}): Promise<void> => {
      await send(pathOf(sessionId), { ...options, method: 'DELETE' }, ({ body }) => body?.cancel())
    },
  }
}

function approvalCalls(call: JsonCall) {
  const pathOf = (approvalId: string) => `/approvals/${segment(approvalId)}`
  return {
    /** Lists approvals, oldest first. */
    list: (filter: ApprovalFilter = {}) =>
      listPages<ApprovalInfo>(call, '/approvals', 'approvals', filter),
    get: async (approvalId: string, options: CallOptions = {}) =>
      call<ApprovalInfo>(pathOf(approvalId), options),
    /** Approves or rejects a tool call. The same decision again is accepted, another one is a `conflict`. */
    decide: async (approvalId: string, decision: ApprovalDecision, options: CallOptions = {}) =>
      call<ApprovalInfo>(`${pathOf(approvalId)}/decision`, {
        ...options,
        method: 'POST',
        body: decision,
      }),
  }
}

function traceCalls(call: JsonCall) {
  return {
    /** Lists traces, newest first. */
    list: (filter: TraceFilter = {}) => listPages<TraceInfo>(call, '/traces', 'traces', filter),
    get: async (traceId: string, options: CallOptions = {}) =>
      call<TraceDetail>(`/traces/${segment(traceId)}`, options),
  }
}

const schemaCalls = (call: JsonCall) => ({
  /** Reads a model with its relations, keys, indexes and checks, by `Name` or `app.Name`. */
  model: async (name: string, options: CallOptions = {}) =>
    call<ModelDetail>(`/ai/context/models/${segment(name)}`, options),
  /** Reads a model with the statement that creates its table. */
  inspect: async (name: string, options: CallOptions = {}) =>
    call<ModelInspection>(`/studio/models/inspect/${segment(name)}`, options),
  /** Lists the objects of the database of one kind, such as `triggers` or `policies`. */
  objects: async <Kind extends DatabaseObjectKind>(kind: Kind, options: CallOptions = {}) => {
    const path = `/ai/context/database/${segment(kind)}`
    return (await call<{ readonly items: readonly DatabaseObject<Kind>[] }>(path, options)).items
  },
})
