import { type AgentInfo, type StudioClient, StudioClientError } from '../../client.ts'
import { commandFailure, isCommandFailure, showArgument, usageError } from '../command.ts'

/** An agent with the tools that no person approves. */
export interface SelectedAgent {
  readonly agent: AgentInfo
  readonly freeTools: ReadonlySet<string>
}

/**
 * Resolves to the agent with this id, or to the only one of a studio.
 *
 * @throws an error for the terminal that names the agents to choose from.
 */
export async function selectAgent(
  client: StudioClient,
  id: string | undefined,
): Promise<SelectedAgent> {
  try {
    const agent = pickAgent(await client.agents.list(), id)
    const { tools } = await client.agents.tools(agent.id)
    const free = tools.filter(({ approval }) => !approval.required)
    return { agent, freeTools: new Set(free.map(({ name }) => name)) }
  } catch (error) {
    throw explainFailure(error)
  }
}

function pickAgent(agents: readonly AgentInfo[], id: string | undefined): AgentInfo {
  const names = agents.map((agent) => agent.id).join(', ')
  const [first, second] = agents
  if (!first) throw commandFailure('This Studio has no agents')
  if (id === undefined && second) throw usageError(`Pass --agent: this Studio has ${names}`)
  const agent = id === undefined ? first : agents.find((one) => one.id === id)
  if (agent) return agent
  throw commandFailure(`There is no agent ${showArgument(id ?? '')}: this Studio has ${names}`)
}

function explainFailure(error: unknown): unknown {
  if (!(error instanceof StudioClientError)) return error
  if (isCommandFailure(error.cause)) return error.cause
  const { status, message, code } = error
  if (status === null) return commandFailure(message, error)
  const hint = status === 401 ? '. Set STUDIO_TOKEN' : ''
  const foreign = code === 'bad_answer' ? ': is this the address of a Studio?' : ''
  return commandFailure(`The Studio returned ${status}: ${message}${foreign}${hint}`, error)
}
