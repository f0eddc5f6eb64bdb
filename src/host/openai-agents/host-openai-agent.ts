import type { Agent } from '../../agents/agent.ts'
import type {
  HostedSegment,
  PendingCall,
  SegmentDecision,
  SegmentOutcome,
} from '../../agents/hosted-loop.ts'
import { isRecord } from '../../lib/json.ts'
import { refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { createHostedAgent, hostedKeys, type HostedOptions } from '../shared/hosted-agent.ts'
import { toInputItems } from './input-items.ts'
import { createEventReader, readFunctionCall } from './segment-events.ts'

/** An `Agent` of `@openai/agents`, by its public shape. */
export interface OpenAiAgent {
  readonly name: string
  readonly model?: unknown
  readonly tools: readonly unknown[]
}

/** How an agent of OpenAI Agents is served. */
export interface OpenAiAgentOptions extends HostedOptions {
  /** A `Runner` of the same package as the agent: it has the provider of models, guardrails and tracing. */
  readonly runner: { readonly run: (...given: never[]) => unknown }
  /** The class `RunState` of the same package. It restores the state of a run that waited for people. */
  readonly RunState: { readonly fromString: (...given: never[]) => unknown }
  /** Makes the `context` that tools and instructions get. It must fit into JSON, because it waits with the run. @default the run itself */
  readonly context?: (run: HostedRun) => object
}

/** The run that a segment belongs to. */
export type HostedRun = Pick<HostedSegment, 'runId' | 'agentId' | 'sessionId' | 'metadata'>

const knownKeys = { ...hostedKeys, runner: true, RunState: true, context: true } as const

/**
 * Serves an agent of OpenAI Agents (`@openai/agents` or `@openai/agents-core` 0.20). The framework runs the loop, with its tools, handoffs and
 * guardrails; calls with `needsApproval` wait in Studio's inbox, and another process can continue the run.
 *
 * @throws TypeError for an agent of another kind, an unknown option, or one that does not fit.
 *
 * @example
 * export default new Studio([hostAgent(agent, { id: 'support', runner: new Runner(), RunState })])
 *
 * @see docs/decisions/231-frameworks-are-handed-over.md
 */
export function hostOpenAiAgent(agent: OpenAiAgent, options: OpenAiAgentOptions): Agent {
  refuseUnknownKeys('hostAgent', options, knownKeys)
  const { runner, RunState } = options
  if (!isRecord(agent) || typeof agent.name !== 'string' || !Array.isArray(agent.tools)) {
    throw new TypeError('hostAgent takes an Agent of @openai/agents')
  }
  if (typeof runner?.run !== 'function') {
    throw new TypeError('hostAgent needs runner: a Runner of @openai/agents')
  }
  if (typeof RunState?.fromString !== 'function') {
    throw new TypeError('hostAgent needs RunState of @openai/agents')
  }
  return createHostedAgent(options, {
    framework: 'openai-agents',
    modelId: typeof agent.model === 'string' && agent.model !== '' ? agent.model : 'openai-agents',
    advance: (segment) => advanceRun(agent, options, segment),
  })
}

/** What is used of the state of a run. */
interface State {
  getInterruptions(): readonly Interruption[]
  approve(item: Interruption): void
  reject(item: Interruption, options: { readonly message?: string }): void
  toString(): string
}

interface Interruption {
  readonly rawItem: Readonly<Record<string, unknown>>
}

/** What is used of a streamed run. */
interface StreamedRun extends AsyncIterable<unknown> {
  readonly completed: Promise<unknown>
  readonly interruptions: readonly Interruption[]
  readonly state: State
  readonly finalOutput: unknown
}

async function advanceRun(
  agent: OpenAiAgent,
  { runner, RunState, context }: OpenAiAgentOptions,
  segment: HostedSegment,
): Promise<SegmentOutcome> {
  const { state, messages, signal, maxTurns, decisions } = segment
  const { runId, agentId, sessionId, metadata } = segment
  const run: HostedRun = { runId, agentId, sessionId, metadata }
  const call = (owner: object, method: unknown, ...given: unknown[]) =>
    // Checked when the agent was made, and called on its owner.
    Reflect.apply(method as (...given: unknown[]) => unknown, owner, given)
  const input =
    state === null
      ? toInputItems(messages)
      : decide((await call(RunState, RunState.fromString, agent, state)) as State, decisions)
  const made = state === null ? { context: context ? context(run) : run } : {}
  try {
    const result = (await call(runner, runner.run, agent, input, {
      stream: true,
      signal,
      maxTurns,
      ...made,
    })) as StreamedRun
    const read = createEventReader(segment.emit)
    for await (const event of result) read(event)
    await result.completed
    signal.throwIfAborted()
    return toOutcome(result)
  } catch (error) {
    if (isOutOfTurns(error)) return { kind: 'max_turns' }
    throw error
  }
}

/** A decision is looked up by the id of its call: what the state says about it does not count. */
function decide(state: State, decisions: readonly SegmentDecision[]): State {
  for (const item of state.getInterruptions()) {
    const { callId } = readFunctionCall(item.rawItem)
    const decision = decisions.find((one) => one.callId === callId)
    if (decision?.approved) state.approve(item)
    else state.reject(item, { message: decision?.reason ?? 'The tool call was rejected.' })
  }
  return state
}

function toOutcome(run: StreamedRun): SegmentOutcome {
  const { interruptions, state } = run
  if (interruptions.length > 0) {
    const pending = interruptions.map(({ rawItem }): PendingCall => readFunctionCall(rawItem))
    return { kind: 'paused', state: state.toString(), pending }
  }
  const { finalOutput } = run // read before the end, it prints a warning
  const output = typeof finalOutput === 'string' ? finalOutput : JSON.stringify(finalOutput)
  return { kind: 'ended', output: output ?? '' }
}

function isOutOfTurns(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'MaxTurnsExceededError'
}
