import type { Agent } from '../../agents/agent.ts'
import type { HostedSegment, SegmentOutcome } from '../../agents/hosted-loop.ts'
import { isRecord } from '../../lib/json.ts'
import { refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { createHostedAgent, hostedKeys, type HostedOptions } from '../shared/hosted-agent.ts'
import { toChatMessages } from './chat-messages.ts'
import { type MemoryCheckpointer, packCheckpoint, unpackCheckpoint } from './checkpoint.ts'
import { callsOf, createGraphReader, textOfMessage, typeOf } from './graph-events.ts'
import { readInterrupts, toResume, type WaitingInterrupt } from './interrupts.ts'

/** What `createAgent` of `langchain` returns, or a compiled graph of `@langchain/langgraph`, by their public shapes. */
export type LangGraphAgent = { readonly graph: object } | { readonly channels: object }

/** How a graph of LangGraph is served. */
export interface LangGraphOptions extends HostedOptions {
  /** The class `Command` of `@langchain/langgraph`, with which a graph is resumed. */
  readonly Command: new (given: never) => object
  /** The class `MemorySaver` of `@langchain/langgraph`. It holds the checkpoint of a segment, which Studio stores. */
  readonly MemorySaver: new () => object
  /** Adds to the config of each segment, such as `context`, `tags`, `configurable` or `recursionLimit`. @default nothing */
  readonly config?: (run: GraphRun) => Readonly<Record<string, unknown>>
}

/** The run that a segment of a graph belongs to. */
export type GraphRun = Pick<HostedSegment, 'runId' | 'agentId' | 'sessionId' | 'metadata'>

const knownKeys = { ...hostedKeys, Command: true, MemorySaver: true, config: true } as const

/**
 * Serves an agent of `langchain` 1 (`createAgent`) or a compiled graph of LangGraph 1 whose state has `messages`. The framework runs the loop. Calls that
 * `humanInTheLoopMiddleware` stops wait in Studio's inbox, where a decision may edit them; a node that calls
 * `interrupt(value)` waits for the `output` of a decision. A checkpointer of its own is not used: the state waits with the run.
 *
 * @throws TypeError for anything else, an unknown option, or one that does not fit.
 *
 * @example
 * export default new Studio([hostAgent(agent, { id: 'support', Command, MemorySaver })])
 *
 * @see docs/decisions/231-frameworks-are-handed-over.md
 */
export function hostGraph(agent: LangGraphAgent, options: LangGraphOptions): Agent {
  refuseUnknownKeys('hostAgent', options, knownKeys)
  const graph = 'graph' in agent && isRecord(agent.graph) ? agent.graph : agent
  if (!isGraph(graph)) {
    throw new TypeError(
      'hostAgent takes what createAgent of langchain returns, or a compiled graph whose state has messages',
    )
  }
  for (const name of ['Command', 'MemorySaver'] as const) {
    if (typeof options[name] !== 'function') {
      throw new TypeError(`hostAgent needs ${name} of @langchain/langgraph`)
    }
  }
  return createHostedAgent(options, {
    framework: 'langgraph',
    modelId: readModelName(agent),
    advance: (segment) => advanceGraph(graph, options, segment),
  })
}

/** What is used of a compiled graph. */
interface Graph {
  stream(input: unknown, config: object): Promise<AsyncIterable<unknown>>
  getState(config: object): Promise<{ readonly values: unknown }>
}

function isGraph(value: unknown): value is Graph {
  if (!isRecord(value) || !isRecord(value['channels'])) return false
  const hasMethods =
    typeof value['stream'] === 'function' && typeof value['getState'] === 'function'
  return hasMethods && 'messages' in value['channels']
}

/** The name of the model, which `createAgent` takes as a text or as an object. */
function readModelName(agent: object): string {
  const settings: unknown = 'options' in agent ? agent.options : null
  const model = isRecord(settings) ? settings['model'] : null
  const name = isRecord(model) ? model['model'] : model
  return typeof name === 'string' && name !== '' ? name : 'langgraph'
}

/** What waits with the run. */
interface GraphState {
  readonly checkpoint: unknown
  readonly waiting: readonly WaitingInterrupt[]
  /** How many answers of models the run has had. */
  readonly answers: number
}

async function advanceGraph(
  graph: Graph,
  { Command, MemorySaver, config }: LangGraphOptions,
  segment: HostedSegment,
): Promise<SegmentOutcome> {
  const { runId, agentId, sessionId, metadata, state, decisions, maxTurns } = segment
  const before = state === null ? null : (JSON.parse(state) as GraphState) // written by `pause`
  const saver = new MemorySaver() as MemoryCheckpointer
  if (before) unpackCheckpoint(saver, before.checkpoint)
  const input = before
    ? new Command({ resume: toResume(before.waiting, decisions) } as never)
    : { messages: toChatMessages(segment.messages) }
  const limit = new AbortController()
  const given = config?.({ runId, agentId, sessionId, metadata }) ?? {}
  const settings = {
    recursionLimit: Math.max(25, maxTurns * 5),
    ...given,
    configurable: {
      ...(isRecord(given['configurable']) ? given['configurable'] : {}),
      thread_id: runId,
      __pregel_checkpointer: saver,
    },
    streamMode: ['messages', 'updates'],
    durability: 'exit',
    signal: AbortSignal.any([segment.signal, limit.signal]),
  }
  const reader = createGraphReader(segment.emit)
  const answered = before?.answers ?? 0
  for await (const chunk of await graph.stream(input, settings)) {
    reader.read(chunk)
    if (answered + reader.answers() > maxTurns) {
      limit.abort()
      return { kind: 'max_turns' }
    }
  }
  segment.signal.throwIfAborted()
  const answersOfModels = readAnswers((await graph.getState(settings)).values)
  if (reader.interrupts.length === 0) {
    const own = answersOfModels.findLast(({ id }) => reader.has(String(id)))
    return { kind: 'ended', output: textOfMessage(own?.['content']) }
  }
  const last = answersOfModels.at(-1) ?? {}
  const { waiting, pending } = readInterrupts(reader.interrupts, callsOf(last))
  const answers = answered + reader.answers()
  const next: GraphState = { checkpoint: packCheckpoint(saver), waiting, answers }
  return { kind: 'paused', state: JSON.stringify(next), pending }
}

/** Returns the messages that models wrote, oldest first. */
function readAnswers(values: unknown): Readonly<Record<string, unknown>>[] {
  const messages = isRecord(values) ? values['messages'] : null
  return (Array.isArray(messages) ? messages.filter(isRecord) : []).filter(
    (message) => typeOf(message) === 'ai',
  )
}
