import type { ServerContext } from '@modelcontextprotocol/server'
import type { Agent } from '../../agents/agent.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'

/** One call of a tool that runs an agent. */
export interface AgentToolCall {
  readonly module: AgentsModule
  readonly exchange: Exchange
  readonly agent: Agent
  readonly era: 'legacy' | 'modern'
  readonly request: ServerContext['mcpReq']
}
