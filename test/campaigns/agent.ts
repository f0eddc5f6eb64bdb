import { z } from 'zod'
import { type Agent, defineAgent } from '../../src/agents/agent.ts'
import { defineTool, type ToolContext, type ToolSpec } from '../../src/agents/tool.ts'
import { promptedModel, sleep } from './script.ts'

/** Notes one execution where nobody can take it back, before the tool does anything else. */
export type RecordExecution = (tool: string, context: ToolContext) => Promise<void>

const input = z.object({ ms: z.number() })

/** A tool of the campaigns but for its code, which is the same for all. */
type Kind = Pick<ToolSpec<typeof input>, 'approval' | 'idempotent' | 'onUnknown'>

/** The tools by name: every kind there is. */
export const toolKinds = {
  /** May be repeated. */
  note: { idempotent: true },
  /** Must not be repeated: a crash leaves it unknown. */
  pay: {},
  /** A person decides whether it is repeated. */
  ship: { onUnknown: 'ask' },
  /** Must not be repeated, and waits for a person first. */
  refund: { approval: true },
  /** As `refund`, for a short time only. */
  offer: { approval: { expiresInMs: 1_500 } },
} as const satisfies Record<string, Kind>

/** The name of a tool. */
export type ToolName = keyof typeof toolKinds

/** The agent `campaign`: it plays the script it is given. */
export function createCampaignAgent(record: RecordExecution): Agent {
  const tools = Object.entries(toolKinds).map(([name, kind]) =>
    defineTool({
      name,
      description: `Does what ${name} does.`,
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
    description: 'Plays the script it is prompted with',
    instructions: 'Play the script.',
    model: promptedModel(),
    tools,
  })
}
