export type { Protocol } from './agents/protocol.ts'
export type {
  McpCallOptions,
  McpRequestLimits,
  McpToolAnnotations,
  McpToolInfo,
  McpToolsClient,
} from './protocols/mcp-tools/mcp-client.ts'
export type { McpServerAccess, McpToolsOptions } from './protocols/mcp-tools/mcp-tools-options.ts'
export { mcpTools } from './protocols/mcp-tools/tools-of-server.ts'
export { aiSdkUi, type AiSdkUiOptions } from './protocols/ai-sdk-ui/serve-ai-sdk-ui.ts'
export { openai } from './protocols/openai/serve-openai.ts'
export { agUi } from './protocols/ag-ui/serve-ag-ui.ts'
export type { A2aPushOptions } from './protocols/a2a/notifications/push-options.ts'
export type { A2aOptions } from './protocols/a2a/card-options.ts'
export { mcpAgents } from './protocols/mcp-agents/serve-mcp-agents.ts'
export { a2a } from './protocols/a2a/serve-a2a.ts'
