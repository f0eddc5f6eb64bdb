import { type Agent, defineAgent } from '../../agents/agent.ts'
import type { HostedLoop } from '../../agents/hosted-loop.ts'
import type { LanguageModel } from '../../agents/model/language-model.ts'
import { checkDuration } from '../../lib/options/numbers.ts'

/** How an agent is served whose loop another framework runs. */
export interface HostedOptions {
  /** Unique within a Studio and part of URLs. Trimmed; must not be empty. */
  readonly id: string
  /** Shown to people. @default the id */
  readonly name?: string
  readonly description?: string
  /**
   * What happens to a run whose process died while the framework was running: `fail` ends it with the error `crashed`, `retry`
   * repeats all work since the run began or a person decided, tool calls included. @default 'fail'
   */
  readonly onCrash?: 'fail' | 'retry'
  /** Milliseconds until an undecided approval counts as rejected; any positive number. @default never */
  readonly approvalExpiresInMs?: number
  /** Model calls that a run may make, 1 to 100. @default 20 */
  readonly maxTurns?: number
  /** Milliseconds that a run may take from its start; any positive number. @default no deadline */
  readonly timeoutMs?: number
  /** How many of a session's newest messages the framework gets; they begin at a user message. @default all */
  readonly maxHistory?: number
}

/** The keys of `HostedOptions`, for `refuseUnknownKeys`. */
export const hostedKeys = {
  id: true,
  name: true,
  description: true,
  onCrash: true,
  approvalExpiresInMs: true,
  maxTurns: true,
  timeoutMs: true,
  maxHistory: true,
} as const

/** What a framework adds: its name, the model that its agent names, and its loop. */
export interface Framework extends Pick<HostedLoop, 'framework' | 'advance'> {
  /** The name of the model, for traces; the name of the framework where the agent does not say. */
  readonly modelId: string
}

/** Makes the agent whose loop the framework runs. @throws TypeError for an option that does not fit. */
export function createHostedAgent(
  options: HostedOptions,
  { framework, modelId, advance }: Framework,
): Agent {
  const { id, name, description, maxTurns, timeoutMs, maxHistory } = options
  const { onCrash = 'fail', approvalExpiresInMs = null } = options
  if (onCrash !== 'fail' && onCrash !== 'retry') {
    throw new TypeError("hostAgent needs onCrash 'fail' or 'retry'")
  }
  if (approvalExpiresInMs !== null) checkDuration('approvalExpiresInMs', approvalExpiresInMs)
  const agent = defineAgent({
    id,
    model: describeModel(framework, modelId),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxHistory === undefined ? {} : { maxHistory }),
  })
  const hosted: HostedLoop = { framework, onCrash, approvalExpiresInMs, advance }
  return Object.freeze({ ...agent, hosted: Object.freeze(hosted) })
}

/** Names the model in traces. The framework calls it: who calls it here gets an error. */
function describeModel(provider: string, modelId: string): LanguageModel {
  const refuse = () => Promise.reject(new TypeError(`The model is called by ${provider}`))
  return { specificationVersion: 'v3', provider, modelId, doGenerate: refuse, doStream: refuse }
}
