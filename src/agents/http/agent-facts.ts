import type { Agent } from '../agent.ts'
import type { WireRuntime, WireTools } from '../answers/catalog-answers.ts'
import type { LanguageModel } from '../model/language-model.ts'
import type { AgentsModule } from '../module.ts'
import type { Tool } from '../tool.ts'
import { present } from '../views/resources.ts'

/** Shows the tools of an agent, by name. */
export async function readAgentTools(agentId: string, { tools }: Agent): Promise<WireTools> {
  const named = tools.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return { agentId, tools: await Promise.all(named.map((tool) => readTool(agentId, tool))) }
}

type WireTool = WireTools['tools'][number]

async function readTool(agentId: string, tool: Tool): Promise<WireTool> {
  const { name, description, approval, idempotent, onUnknown, timeoutMs } = tool
  return present<WireTool>({
    agentId,
    name,
    description,
    parameters: await tool.describeInput(),
    source: 'static',
    approval: present<WireTool['approval']>({
      required: approval !== null,
      expiresInMs: approval?.expiresInMs,
    }),
    idempotent,
    onUnknown,
    timeoutMs,
  })
}

/** Shows how an agent runs. A list of what may be shown, because a model object holds keys and addresses. */
export function readRuntime(
  agentId: string,
  agent: Agent,
  { onDisconnect, limits: { bodyBytes, attachmentBytes } }: AgentsModule,
): WireRuntime {
  const { tools, models, hosted } = agent
  // A framework has its own limits, which nothing here knows.
  const ours = <T>(limit: T) => (hosted ? null : limit)
  return present<WireRuntime>({
    agentId,
    name: agent.name,
    description: agent.description,
    framework: hosted?.framework,
    model: readModel(agent.model, hosted === undefined),
    models: Object.fromEntries([...models].map(([name, model]) => [name, readModel(model, true)])),
    tools: {
      total: tools.length,
      static: tools.length,
      dynamic: 0,
      approval: tools.filter(({ approval }) => approval !== null).length,
      mcp: 0,
    },
    contexts: { static: 0, dynamic: 0 },
    observerCount: 0,
    hasInstructions: agent.instructions !== null,
    hasMemory: false,
    hasHook: false,
    hasOutputSchema: false,
    defaultMaxTurns: agent.maxTurns,
    limits: present<WireRuntime['limits']>({
      toolConcurrency: ours(agent.toolConcurrency),
      maxToolCalls: ours(agent.maxToolCalls),
      retries: ours(agent.retries),
      timeoutMs: agent.timeoutMs,
      maxHistory: agent.maxHistory,
      attachmentBytes: Math.max(bodyBytes, attachmentBytes),
    }),
    onDisconnect: agent.onDisconnect ?? onDisconnect,
    metadata: agent.metadata,
  })
}

/** The specification is that of the AI SDK, which Studio's own loop speaks. */
function readModel({ provider, modelId, specificationVersion }: LanguageModel, isOurs: boolean) {
  return { provider, modelId, ...(isOurs ? { specificationVersion } : {}) }
}
