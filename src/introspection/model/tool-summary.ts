import type { StudioTool } from './tool.ts'

/** Shows a tool as the full context lists it (contract introspection.md 4.1, AiToolSummary). */
export function toToolSummary(tool: StudioTool) {
  return {
    name: tool.name,
    description: tool.description,
    kind: tool.kind,
    http_method: tool.method,
    endpoint: tool.path,
    requires_auth: tool.requiresAuth,
    requires_admin: tool.requiresAdmin,
    ai_tags: toTags(tool),
  }
}

/** The tags of the contract: what a tool does, in single words. */
export function toTags({ writes, method, requiresAdmin }: StudioTool): string[] {
  const reading = ['read_only', 'safe', 'query']
  const writing = ['write', ...(method === 'DELETE' ? ['destructive'] : []), 'mutation']
  return [...(writes ? writing : reading), ...(requiresAdmin ? ['admin'] : [])]
}
