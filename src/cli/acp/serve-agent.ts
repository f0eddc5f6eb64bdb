import type { Readable, Writable } from 'node:stream'
import type { AgentInfo, StudioClient } from '../../client.ts'
import { library } from '../../library.ts'
import { type AgentSessions, createAgentSessions } from './agent-sessions.ts'
import { noticeParams, parseParams, requestParams } from './request-params.ts'
import { refuseRpc } from './rpc-failures.ts'
import { connectPeer, type RpcHandlers, type RpcPeer } from './rpc-peer.ts'

/** The version of ACP that is spoken. */
const protocolVersion = 1

/** The one connection of a process to its editor. */
export interface ServingAgent {
  close(): void
  /** Resolves when the editor has closed the input, or after `close`. */
  readonly closed: Promise<void>
}

/** Which agent is served, and where. */
export interface ServeAgentOptions {
  readonly client: StudioClient
  readonly agent: Pick<AgentInfo, 'id' | 'name'>
  /** The tools that no person approves. */
  readonly freeTools: ReadonlySet<string>
  readonly input: Readable
  readonly output: Writable
  /** Gets what the editor may not know. */
  report(error: unknown): void
}

/**
 * Serves an agent of a studio in the Agent Client Protocol over a pair of streams.
 *
 * @see docs/decisions/227-acp-is-a-client-of-the-studio.md
 */
export function serveAgent(options: ServeAgentOptions): ServingAgent {
  const { input, output } = options
  let stop = () => undefined as void
  const { close, closed } = connectPeer(input, output, (peer) => {
    const { handlers, end } = createHandlers(options, peer)
    stop = end
    return handlers
  })
  return { close, closed: closed.then(() => stop()) }
}

function createHandlers(options: ServeAgentOptions, peer: RpcPeer) {
  const { client, agent, freeTools, report } = options
  let isInitialized = false
  let notices = false
  const hasNotices = () => notices
  const shared = { client, agentId: agent.id, peer, freeTools, hasNotices, report }
  const sessions = createAgentSessions(shared)
  const answer = createAnswers(sessions, report)

  function initialize(params: unknown): object {
    const parsed = parseParams(requestParams.initialize, params)
    isInitialized = true
    notices = Boolean(parsed.clientCapabilities?.session?.notices)
    return describeAgent(agent)
  }
  const handlers: RpcHandlers = {
    report,
    async request(method, params, id) {
      if (method === 'initialize') return initialize(params)
      if (!Object.hasOwn(requestParams, method)) {
        throw refuseRpc('methodNotFound', 'There is no such method')
      }
      if (!isInitialized) throw refuseRpc('invalidRequest', 'The first request is initialize')
      return answer.request(method, params, id)
    },
    notify(method, params) {
      try {
        answer.notify(method, params)
      } catch (error) {
        report(error)
      }
    },
  }
  return { handlers, end: sessions.close }
}

/** Answers the requests about sessions, and reads the notifications. */
function createAnswers(sessions: AgentSessions, report: (error: unknown) => void) {
  /** The session of each prompt that has no answer yet. */
  const prompts = new Map<unknown, string>()

  async function prompt(params: unknown, id: unknown): Promise<object> {
    const { sessionId, prompt: blocks } = parseParams(requestParams['session/prompt'], params)
    prompts.set(id, sessionId)
    return sessions.prompt(sessionId, blocks).finally(() => prompts.delete(id))
  }
  function readServers(servers: readonly unknown[]): void {
    if (servers.length > 0) report(new Error(serversIgnored))
  }
  return {
    async request(method: string, params: unknown, id: unknown): Promise<object> {
      if (method === 'session/prompt') return prompt(params, id)
      if (method === 'session/new') {
        readServers(parseParams(requestParams['session/new'], params).mcpServers)
        return sessions.create()
      }
      const { sessionId, mcpServers } = parseParams(requestParams['session/load'], params)
      readServers(mcpServers)
      return sessions.load(sessionId)
    },
    notify(method: string, params: unknown): void {
      if (method === 'session/cancel') {
        sessions.cancel(parseParams(noticeParams[method], params).sessionId)
      }
      if (method === '$/cancel_request') {
        const named = prompts.get(parseParams(noticeParams[method], params).requestId)
        if (named !== undefined) sessions.cancel(named)
      }
    },
  }
}

const serversIgnored =
  'The MCP servers of the editor are not used: the studio decides what its agents can do'

/** A client of another version gets this one, and leaves if it cannot speak it. */
function describeAgent({ id, name }: ServeAgentOptions['agent']): object {
  return {
    protocolVersion,
    agentInfo: { name: library.name, title: name ?? id, version: library.version },
    agentCapabilities: {
      loadSession: true,
      promptCapabilities: { image: true, audio: true, embeddedContext: true },
      mcpCapabilities: { http: false, sse: false },
      sessionCapabilities: {},
    },
    authMethods: [],
  }
}
