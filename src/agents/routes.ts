import type { Route } from '../http/route.ts'
import { approvalRoutes } from './http/approvals.ts'
import { catalogRoutes } from './http/catalog.ts'
import { createRunRoute } from './http/create-run.ts'
import { runRoutes } from './http/runs.ts'
import { sessionRoutes } from './http/sessions.ts'
import { traceRoutes } from './http/traces.ts'
import type { AgentsModule } from './module.ts'

/** Returns the routes of the agents module, in documentation order. */
export function agentRoutes(module: AgentsModule): Route[] {
  return [
    ...catalogRoutes(module),
    createRunRoute(module),
    ...sessionRoutes(module),
    ...traceRoutes(module),
    ...approvalRoutes(module),
    ...runRoutes(module),
  ]
}
