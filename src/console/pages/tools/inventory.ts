import type { AgentRuntime, AgentTools, Answers } from '../../../client.ts'
import { about, offers } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { type Loaded, useLoaded } from '../../app/loaded.ts'

/** A tool of the project, which AI clients may call. */
export type ProjectTool = Answers['/ai/tools']['tools'][number]

/** Loads the tools of the project; none where they are not offered. */
export function useProjectTools(): Loaded<readonly ProjectTool[]> {
  return useLoaded(
    async (signal) => (offers('ai_tools') ? (await client.get('/ai/tools', { signal })).tools : []),
    [],
  )
}

/** What an agent runs on, and its tools. */
export interface AgentEquipment {
  readonly runtime: AgentRuntime
  readonly tools: AgentTools['tools']
}

/** Loads what an agent runs on. */
export function useAgent(agentId: string): Loaded<AgentEquipment> {
  return useLoaded(
    async (signal) => {
      const [runtime, { tools }] = await Promise.all([
        client.agents.runtime(agentId, { signal }),
        client.agents.tools(agentId, { signal }),
      ])
      return { runtime, tools }
    },
    [agentId],
  )
}

/** The agents of this deployment. */
export function listAgents() {
  return about.value?.config.agents ?? []
}
