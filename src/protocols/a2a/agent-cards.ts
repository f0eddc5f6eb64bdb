import type { Agent } from '../../agents/agent.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { AgentCard } from './a2a-answers.ts'
import type { A2aOptions } from './card-options.ts'
import { protocolVersion } from './protocol-version.ts'

/** Describes an agent: where it answers, what it can do, and whether it needs a token. */
export function toAgentCard(
  { auth, publicPath }: AgentsModule,
  { url }: Exchange,
  { agent, agentId, options }: CardParts,
): AgentCard {
  const base = `${options.origin ?? url.origin}${publicPath}/a2a/${encodeURIComponent(agentId)}`
  const description = agent.description ?? `The agent ${agent.name}.`
  return {
    name: agent.name,
    description,
    version: options.version ?? '1',
    supportedInterfaces: [
      { url: base, protocolBinding: 'JSONRPC', protocolVersion },
      { url: `${base}/v1`, protocolBinding: 'HTTP+JSON', protocolVersion },
    ],
    capabilities: {
      streaming: true,
      pushNotifications: options.push !== undefined,
      extendedAgentCard: false,
    },
    ...(auth === undefined ? {} : secured),
    defaultInputModes: ['text/plain', 'application/json', 'image/*', 'application/pdf'],
    defaultOutputModes: ['text/plain'],
    skills: toSkills(agent, agentId, description),
  }
}

interface CardParts {
  readonly agent: Agent
  readonly agentId: string
  readonly options: A2aOptions
}

const secured = {
  securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
} as const

/** The agent as a whole is a skill, and so is each of its tools. */
function toSkills(agent: Agent, agentId: string, description: string): AgentCard['skills'] {
  const { name, quickPrompts, tools } = agent
  const examples = quickPrompts.length > 0 ? { examples: quickPrompts } : {}
  return [
    { id: agentId, name, description, tags: ['agent'], ...examples },
    ...tools.map((tool) => ({
      id: `${agentId}/${tool.name}`,
      name: tool.name,
      description: tool.description,
      tags: ['tool'],
    })),
  ]
}
