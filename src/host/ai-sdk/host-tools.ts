import type { ToolContext } from '../../agents/tool-context.ts'
import { defineTool, type Tool } from '../../agents/tool.ts'
import { isRecord } from '../../lib/json.ts'
import { toSchema } from './input-schema.ts'
import type { Members } from './settings.ts'
import { toolOutput } from './tool-output.ts'

/** The tools of an agent, and what the model gets with each besides its name, description and input. */
export interface HostedTools {
  readonly tools: readonly Tool[]
  readonly extras: ReadonlyMap<string, Members>
}

/** Makes tools of those in the settings. Adds a fault for each member that cannot be kept. */
export function hostTools(
  { tools, experimental_context: context }: Members,
  onUnknown: 'fail' | 'retry',
  faults: string[],
): HostedTools {
  const entries = Object.entries(isRecord(tools) ? tools : {})
  const extras = new Map<string, Members>()
  const hosted = entries.flatMap(([name, tool]) => {
    const found = toolFaults(name, tool)
    faults.push(...found)
    if (found.length > 0 || !isRecord(tool)) return []
    const extra = toExtra(tool)
    if (Object.keys(extra).length > 0) extras.set(name, extra)
    return makeTool(name, tool, { context, onUnknown, faults })
  })
  return { tools: hosted, extras }
}

/** Members that the model gets, in the names of its specification. */
const forModel = ['providerOptions', 'strict', 'inputExamples']

/** Members whose meaning is kept. `title` and `outputSchema` are read by user interfaces alone. */
const kept = new Set([
  ...forModel,
  'type',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'needsApproval',
  'execute',
  'toModelOutput',
])

function toExtra(tool: Members): Members {
  const given = forModel.filter((key) => tool[key] !== undefined)
  return Object.fromEntries(given.map((key) => [key, tool[key]]))
}

function toolFaults(name: string, tool: unknown): string[] {
  if (!isRecord(tool)) return [`tools.${name}: needs a tool`]
  if (tool['type'] === 'provider') {
    return [`tools.${name}: a tool of a provider; write one with inputSchema and execute`]
  }
  const faults = Object.entries(tool).flatMap(([key, value]) =>
    value === undefined || kept.has(key) ? [] : [`tools.${name}.${key}: has no counterpart here`],
  )
  if (typeof tool['execute'] !== 'function') {
    faults.push(
      `tools.${name}.execute: is missing; a run can bring clientTools that its client runs`,
    )
  }
  const { description, needsApproval, toModelOutput } = tool
  if (description !== undefined && typeof description !== 'string') {
    faults.push(`tools.${name}.description: needs a text`)
  }
  if (needsApproval !== undefined && !['boolean', 'function'].includes(typeof needsApproval)) {
    faults.push(`tools.${name}.needsApproval: needs true, false or a function`)
  }
  if (toModelOutput !== undefined && typeof toModelOutput !== 'function') {
    faults.push(`tools.${name}.toModelOutput: needs a function`)
  }
  return faults
}

interface Making {
  readonly context: unknown
  readonly onUnknown: 'fail' | 'retry'
  readonly faults: string[]
}

type Call = (...given: readonly unknown[]) => unknown

function makeTool(name: string, tool: Members, { context, onUnknown, faults }: Making): Tool[] {
  const { description, execute, needsApproval, toModelOutput, inputSchema } = tool
  // `toolFaults` has seen that these are functions, and `apply` keeps the tool as their `this`
  const call = (method: unknown, ...given: readonly unknown[]) =>
    Reflect.apply(method as Call, tool, given)
  const toOptions = (given: ToolContext) => toToolOptions(given, context)
  try {
    const hosted = defineTool({
      name,
      description: typeof description === 'string' ? description : '',
      input: toSchema(inputSchema),
      execute(input, given) {
        const output = call(execute, input, toOptions(given))
        if (toModelOutput === undefined) return output
        const { toolCallId } = given
        return toolOutput(output, (last) =>
          call(toModelOutput, { toolCallId, input, output: last }),
        )
      },
      approval:
        typeof needsApproval === 'function'
          ? {
              when: async (input, given) =>
                (await call(needsApproval, input, toOptions(given))) as boolean, // checked there
            }
          : needsApproval === true,
      onUnknown,
    })
    return [hosted]
  } catch (error) {
    faults.push(`tools.${name}: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

/** The second argument of a tool of the AI SDK. */
function toToolOptions({ toolCallId, idempotencyKey, signal }: ToolContext, context: unknown) {
  const options = { toolCallId, idempotencyKey, abortSignal: signal, experimental_context: context }
  return Object.defineProperty(options, 'messages', {
    // Not enumerable, so that a copy of the options does not read it.
    get(): never {
      throw new TypeError('A tool of a hosted agent does not get messages')
    },
  })
}
