import { z } from 'zod'
import type { Agent } from '../../agents/agent.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { uniqueName } from '../../lib/unique-name.ts'

/** What a tool that runs an agent takes. */
export const agentToolInput = z
  .object({
    message: z.string().min(1).exactOptional().describe('What to tell the agent.'),
    sessionId: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe('A text that names the conversation. The same text goes on with it.'),
    runId: z
      .string()
      .max(200)
      .exactOptional()
      .describe('Instead of a message: a run that waited for an approval, to get its result.'),
  })
  .refine(({ message, runId }) => (message === undefined) !== (runId === undefined), {
    path: ['message'],
    message: 'either a message or a runId is needed',
  })
  .refine(({ sessionId, runId }) => sessionId === undefined || runId === undefined, {
    path: ['sessionId'],
    message: 'cannot be combined with runId',
  })

/** Returns the agents by the names of their tools, which are valid and unique. */
export function nameAgentTools({ agents }: AgentsModule): Map<string, Agent> {
  const names = new Map<string, Agent>()
  const rank = ({ id }: Agent) => (toValidName(id) === id ? 0 : 1)
  for (const agent of [...agents.values()].sort((a, b) => rank(a) - rank(b))) {
    const options = { separator: '_', maxLength: 64 } as const
    const name = uniqueName(`run_${toValidName(agent.id)}`, (taken) => names.has(taken), options)
    names.set(name, agent)
  }
  return names
}

function toValidName(id: string): string {
  return id.replace(/[^A-Za-z0-9_-]/g, '_')
}
