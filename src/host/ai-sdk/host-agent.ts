import { type Agent, defineAgent } from '../../agents/agent.ts'
import { isLanguageModel } from '../../agents/model/language-model.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { hostModel } from './host-model.ts'
import { hostTools } from './host-tools.ts'
import { readInstructions } from './instructions.ts'
import { readModelSettings, readTimeout } from './model-settings.ts'
import { foreignFaults, readSettings } from './settings.ts'
import { readStepCount } from './step-count.ts'

/** A `ToolLoopAgent` of `ai` 6 or 7, by its public shape. */
export interface AiSdkAgent {
  readonly version: string
  readonly id?: string | undefined
  readonly tools: object
}

/** How an agent of another library is served. */
export interface HostOptions {
  /** Unique within a Studio and part of URLs. Trimmed; must not be empty. */
  readonly id: string
  /** Shown to people. @default the id */
  readonly name?: string
  readonly description?: string
  /**
   * What happens to a tool call that a crash interrupted, so that nobody knows whether it did its work. `fail`: it is not
   * repeated, and the model reads that the outcome is unknown. `retry`: it is called again with the same `idempotencyKey`.
   * @default 'fail'
   */
  readonly onCrash?: 'fail' | 'retry'
}

const knownKeys: KnownKeys<HostOptions> = { id: true, name: true, description: true, onCrash: true }

/**
 * Serves a `ToolLoopAgent` of the AI SDK (`ai` 6 or 7). Its model, instructions, settings and tools are taken over, and
 * Studio's own loop runs them, so that runs, approvals, sessions and traces are those of `defineAgent`, and a crash costs
 * at most the model call in progress. The agent's `generate` and `stream` are not called.
 *
 * A tool gets `toolCallId`, `abortSignal`, `experimental_context` and, in addition, `idempotencyKey`; reading `messages` throws,
 * because the conversation may have been left to another process. A run that uses up the steps of `stopWhen` fails with
 * `max_turns`.
 *
 * @throws TypeError for an agent of another kind, and for every setting whose meaning the loop cannot keep: such as
 *   `prepareStep`, `output`, callbacks, or a tool without `execute`. The message names them all.
 *
 * @example
 * export default new Studio([hostAgent(agent, { id: 'support' })])
 *
 * @see docs/decisions/225-an-agent-of-the-ai-sdk-is-unwrapped.md
 */
export function hostAgent(agent: AiSdkAgent, options: HostOptions): Agent {
  refuseUnknownKeys('hostAgent', options, knownKeys)
  const { id, name, description, onCrash = 'fail' } = options
  if (onCrash !== 'fail' && onCrash !== 'retry') {
    throw new TypeError("hostAgent needs onCrash 'fail' or 'retry'")
  }
  const settings = readSettings(agent)
  const faults = foreignFaults(settings)
  const maxTurns = readStepCount(settings['stopWhen'], faults)
  const instructions = readInstructions(settings['instructions'], faults)
  const { tools, extras } = hostTools(settings, onCrash, faults)
  const timeoutMs = readTimeout(settings['timeout'], faults)
  const { model } = settings
  if (!isLanguageModel(model)) {
    faults.push('model: needs a model of a provider, as openai("gpt-5") returns it, not a name')
  }
  if (!isLanguageModel(model) || faults.length > 0) {
    throw new TypeError(
      `hostAgent cannot keep what agent "${id}" asks for:\n- ${faults.join('\n- ')}`,
    )
  }
  return defineAgent({
    id,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(instructions === null ? {} : { instructions: instructions.text }),
    model: hostModel(model, {
      call: settings,
      tools: extras,
      system: instructions?.messages ?? null,
    }),
    tools,
    maxTurns,
    toolConcurrency: readNumber(settings['toolCallConcurrency'], 100),
    retries: readNumber(settings['maxRetries'], 2),
    ...(timeoutMs === null ? {} : { timeoutMs }),
    settings: readModelSettings(settings),
  })
}

/** Returns a number of the settings, or what the AI SDK does without it. `defineAgent` checks the range. */
function readNumber(value: unknown, fallback: number): number {
  return value === undefined ? fallback : Number(value)
}
