import { isRecord } from '../../lib/json.ts'

/** The settings of an agent, or the members of a tool, by name. */
export type Members = Readonly<Record<string, unknown>>

/**
 * Returns the settings that a `ToolLoopAgent` was made with.
 *
 * @throws TypeError for anything else, also for a class that extends it: its methods would not be called.
 */
export function readSettings(agent: unknown): Members {
  const settings =
    isRecord(agent) && countPrototypes(agent) === 2 && agent['version'] === 'agent-v1'
      ? agent['settings']
      : null
  if (isRecord(agent) && isRecord(settings)) {
    const changed = Object.keys(agent).filter((key) => key !== 'version' && key !== 'settings')
    if (changed.length === 0) return settings
    throw new TypeError(`hostAgent cannot keep what was put on the agent: ${changed.join(', ')}`)
  }
  throw new TypeError(
    'hostAgent takes a ToolLoopAgent of ai 6 or 7, and no class that extends it, because it does not call its methods',
  )
}

/** Two for an instance of a class that extends no other: its own, and that of every object. */
function countPrototypes(value: object): number {
  let count = 0
  for (let at: unknown = value; (at = Object.getPrototypeOf(at)) !== null;) count += 1
  return count
}

/** The settings that a call of the model has under the same names here. */
export const callSettings = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'presencePenalty',
  'frequencyPenalty',
  'stopSequences',
  'seed',
  'providerOptions',
] as const

const kept = new Set<string>([
  'id', // the options have one
  'model',
  'instructions',
  'tools',
  'toolChoice',
  'stopWhen',
  ...callSettings,
  'reasoning',
  'maxRetries',
  'timeout',
  'headers',
  'experimental_context',
  'toolCallConcurrency',
])

const loggedElsewhere = "runs have traces; spans are exported by Studio's option telemetry"
const noCallback = 'nobody would call it; follow the events of runs, or use webhooks()'
const noRepair = 'a call that does not fit goes back to the model, which corrects it'

/** What to do instead of a setting that cannot be kept. */
const advice: Readonly<Record<string, string>> = {
  prepareStep: 'each step has the same settings; make an agent for each kind of work',
  prepareCall: 'a run has no call options; put what differs into its message or its metadata',
  callOptionsSchema: 'a run has no call options; put what differs into its message or its metadata',
  output: 'the answer of a run is a text; let a tool take the structured values',
  activeTools: 'give the agent only the tools that it may use',
  toolOrder: 'the tools are offered in the order of `tools`',
  toolApproval: 'give each tool its needsApproval',
  allowSystemInMessages: 'whether a request may hold system messages is not decided by an agent',
  experimental_toolApprovalSecret: 'approvals are rows of the server, which no client can forge',
  experimental_telemetry: loggedElsewhere,
  telemetry: loggedElsewhere,
  experimental_repairToolCall: noRepair,
  repairToolCall: noRepair,
  experimental_download: 'a file is sent to the model as it came, or as an address it fetches',
  runtimeContext: 'use what the module of the tools holds',
  toolsContext: 'use what the module of the tools holds',
}

/** Returns a line for each setting that the loop does not know, or whose meaning it cannot keep. */
export function foreignFaults(settings: Members): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    if (value === undefined || kept.has(key)) return []
    if (key === 'allowSystemInMessages' && value === true) return []
    const isCallback = /^(experimental_)?on[A-Z]/.test(key)
    const reason = isCallback ? noCallback : (advice[key] ?? 'has no counterpart here')
    return [`${key}: ${reason}`]
  })
}
