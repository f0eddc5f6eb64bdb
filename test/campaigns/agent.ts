import { z } from 'zod'
import { type Agent, defineAgent } from '../../src/agents/agent.ts'
import type { ToolContext } from '../../src/agents/tool-context.ts'
import { defineTool, type ToolSpec } from '../../src/agents/tool.ts'
import { promptedModel, sleep } from './script.ts'

/** Records an execution durably, before the tool does anything else. */
export type RecordExecution = (tool: string, context: ToolContext) => Promise<void>

const input = z.object({ ms: z.number() })

/** The options in which the tools of the campaigns differ. */
type Kind = Pick<ToolSpec<typeof input>, 'approval' | 'idempotent' | 'onUnknown'>

/** The tools by name, one of each kind. */
export const toolKinds = {
  /** A takeover may repeat it. */
  note: { idempotent: true },
  /** A takeover must not repeat it. After a crash its outcome is unknown. */
  pay: {},
  /** A takeover requests an approval to repeat it. */
  ship: { onUnknown: 'ask' },
  /** Needs an approval, and a takeover must not repeat it. */
  refund: { approval: true },
  /** Like `refund`, with an approval that expires soon. */
  offer: { approval: { expiresInMs: 1_500 } },
} as const satisfies Record<string, Kind>

/** The name of a campaign tool. */
export type ToolName = keyof typeof toolKinds

/** Creates the agent `campaign`, which plays the script in its prompt. */
export function createCampaignAgent(record: RecordExecution): Agent {
  const tools = Object.entries(toolKinds).map(([name, kind]) =>
    defineTool({
      name,
      description: `Performs a ${name}.`,
      input,
      ...kind,
      async execute({ ms }, context) {
        await record(name, context)
        await sleep(ms)
        return `${name} done`
      },
    }),
  )
  return defineAgent({
    id: 'campaign',
    name: 'Campaign',
    description: 'Plays the script in its prompt',
    instructions: 'Play the script.',
    model: promptedModel(),
    tools,
  })
}
