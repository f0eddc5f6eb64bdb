import type { AgentsModule } from '../../agents/module.ts'
import { refusal } from './api-errors.ts'

/** The agent that a client chose as its model, and one of the agent's models. */
export interface ChosenModel {
  readonly agentId: string
  readonly model?: string
}

/** Returns the name of an agent, or of one of its models, as clients see it: `agent` or `agent/model`. */
export function modelNameOf(agentId: string, model: string | undefined): string {
  return model === undefined ? agentId : `${agentId}/${model}`
}

/** Lists the agents as models; each named model of an agent is one more. */
export function listModelNames({ agents }: AgentsModule): string[] {
  return [...agents].flatMap(([id, { models }]) => [
    id,
    ...[...models.keys()].map((name) => modelNameOf(id, name)),
  ])
}

/** Finds the agent, and its model, that a name stands for. @throws StudioError `not_found`, as OpenAI answers. */
export function chooseAgent({ agents }: AgentsModule, name: string): ChosenModel {
  if (agents.has(name)) return { agentId: name }
  for (const [agentId, { models }] of agents) {
    const model = name.startsWith(`${agentId}/`) ? name.slice(agentId.length + 1) : ''
    if (models.has(model)) return { agentId, model }
  }
  const message = `The model '${name.slice(0, 200)}' does not exist or you do not have access to it.`
  throw refusal('not_found', message, { param: 'model', code: 'model_not_found' })
}

/** One model as OpenAI describes it. Agents have no date of birth, so `created` is 0. */
export function toWireModel(id: string) {
  return { id, object: 'model', created: 0, owned_by: 'fetch-studio' } as const
}
