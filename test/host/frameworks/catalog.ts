import { installFrameworks } from '../clients/install.ts'
import type { HostedFramework } from './framework.ts'
import { langchain } from './langgraph.ts'
import { mastraAgents } from './mastra.ts'
import { openaiAgents } from './openai-agents.ts'

/** The frameworks that can be tested without a download, or all of them. */
export async function loadFrameworks(isWhole: boolean): Promise<readonly HostedFramework[]> {
  if (!isWhole) return [openaiAgents]
  const installed = await installFrameworks()
  return [openaiAgents, langchain(installed), mastraAgents(installed)]
}
