import type { Route } from '../http/route.ts'
import { aboutAgentRoutes } from './http/about-agents.ts'
import { approvalRoutes } from './http/approvals.ts'
import { catalogRoutes } from './http/catalog.ts'
import { createRunRoute } from './http/creation/create-run.ts'
import { runRoutes } from './http/runs.ts'
import { sessionRoutes } from './http/sessions.ts'
import { toolRunRoute } from './http/tool-runs.ts'
import { traceRoutes } from './http/traces.ts'
import type { AgentsModule } from './module.ts'

/** Returns the routes of the agents module, in documentation order. */
export function agentRoutes(module: AgentsModule): Route[] {
  return [
    ...catalogRoutes(module),
    ...aboutAgentRoutes(module),
    ...(hasTools(module) ? [toolRunRoute(module)] : []),
    createRunRoute(module),
    ...sessionRoutes(module),
    ...traceRoutes(module),
    ...approvalRoutes(module),
    ...runRoutes(module),
  ]
}

/** Without tools nothing stands behind the capability of the route. */
function hasTools({ agents }: AgentsModule): boolean {
  return [...agents.values()].some(({ tools }) => tools.length > 0)
}
