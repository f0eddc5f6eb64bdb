import type { Agent } from '../../agents/agent.ts'
import type { HostedSegment, SegmentDecision, SegmentOutcome } from '../../agents/hosted-loop.ts'
import { isRecord } from '../../lib/json.ts'
import { refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { createHostedAgent, hostedKeys, type HostedOptions } from '../shared/hosted-agent.ts'
import { type ChunkReader, createChunkReader } from './chunks.ts'
import { toModelMessages } from './model-messages.ts'
import { findSnapshots, type KeptSnapshot, readSnapshots, writeSnapshots } from './snapshots.ts'

/** An `Agent` of `@mastra/core`, by its public shape. */
export interface MastraAgent {
  readonly stream: (...given: never[]) => unknown
  readonly approveToolCall: (...given: never[]) => unknown
  readonly declineToolCall: (...given: never[]) => unknown
  readonly getMastraInstance: () => unknown
}

/** How an agent of Mastra is served. */
export interface MastraOptions extends HostedOptions {
  /** Adds to the options of each call of `stream`, such as `requestContext`, `memory` or `modelSettings`. @default nothing */
  readonly streamOptions?: (run: MastraRun) => Readonly<Record<string, unknown>>
}

/** The run that a segment of an agent of Mastra belongs to. */
export type MastraRun = Pick<HostedSegment, 'runId' | 'agentId' | 'sessionId' | 'metadata'>

const knownKeys = { ...hostedKeys, streamOptions: true } as const

const methods = ['stream', 'approveToolCall', 'declineToolCall', 'getMastraInstance'] as const

/**
 * Serves an agent of Mastra 1 that a `Mastra` with a storage has. The framework runs the loop. Calls of tools with `requireApproval` wait in Studio's
 * inbox, one after the other, and another process can continue the run: the snapshots of its workflows wait with the run.
 *
 * @throws TypeError for an agent of another kind or without a Mastra, an unknown option, or one that does not fit.
 *
 * @example
 * export default new Studio([hostAgent(mastra.getAgent('support'), { id: 'support' })])
 *
 * @see docs/decisions/231-frameworks-are-handed-over.md
 */
export function hostMastraAgent(agent: MastraAgent, options: MastraOptions): Agent {
  refuseUnknownKeys('hostAgent', options, knownKeys)
  if (!isRecord(agent) || methods.some((name) => typeof agent[name] !== 'function')) {
    throw new TypeError('hostAgent takes an Agent of @mastra/core 1')
  }
  if (!agent.getMastraInstance()) {
    throw new TypeError('hostAgent takes an agent that a Mastra has: mastra.getAgent(name)')
  }
  return createHostedAgent(options, {
    framework: 'mastra',
    modelId: 'mastra',
    advance: (segment) => advanceAgent(agent, options, segment),
  })
}

/** What waits with the run. */
interface MastraState {
  /** The id of the run in Mastra. */
  readonly runId: string
  readonly snapshots: readonly KeptSnapshot[]
}

async function advanceAgent(
  agent: MastraAgent,
  { streamOptions }: MastraOptions,
  segment: HostedSegment,
): Promise<SegmentOutcome> {
  const { runId, agentId, sessionId, metadata, signal, maxTurns, decisions } = segment
  const store = await findSnapshots(agent)
  const before = segment.state === null ? null : (JSON.parse(segment.state) as MastraState) // written below
  // A segment that is repeated must not meet what the earlier attempt left.
  const id = before?.runId ?? crypto.randomUUID()
  const given = streamOptions?.({ runId, agentId, sessionId, metadata }) ?? {}
  const options = { maxSteps: maxTurns, ...given, runId: id, abortSignal: signal }
  const reader = createChunkReader(segment.emit)
  if (before) {
    await writeSnapshots(store, id, before.snapshots)
    for (const decision of decisions) await resume(agent, options, { decision, reader })
  } else {
    const messages = toModelMessages(segment.messages)
    await readStream(await call(agent, agent.stream, messages, options), reader)
  }
  signal.throwIfAborted()
  const pending = [...reader.pending.values()]
  if (pending.length > 0) {
    const state: MastraState = { runId: id, snapshots: await readSnapshots(store, id) }
    return { kind: 'paused', state: JSON.stringify(state), pending }
  }
  if (reader.finishReason() === 'tool-calls') return { kind: 'max_turns' }
  return { kind: 'ended', output: reader.text() }
}

async function resume(
  agent: MastraAgent,
  options: object,
  { decision, reader }: { readonly decision: SegmentDecision; readonly reader: ChunkReader },
): Promise<void> {
  const { callId: toolCallId, approved, reason } = decision
  reader.pending.delete(toolCallId)
  const stream = approved
    ? await call(agent, agent.approveToolCall, { ...options, toolCallId })
    : await call(agent, agent.declineToolCall, { ...options, toolCallId, reason })
  await readStream(stream, reader)
}

async function readStream(result: unknown, { read }: ChunkReader): Promise<void> {
  const chunks: unknown = isRecord(result) ? result['fullStream'] : null
  if (!isRecord(chunks) || !(Symbol.asyncIterator in chunks)) {
    throw new TypeError('Mastra returned no stream')
  }
  for await (const chunk of chunks as unknown as AsyncIterable<unknown>) read(chunk)
}

/** Calls a method that was checked when the agent was made, on its owner. */
function call(owner: object, method: unknown, ...given: readonly unknown[]): unknown {
  return Reflect.apply(method as (...given: readonly unknown[]) => unknown, owner, given)
}
