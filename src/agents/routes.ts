import type { Route } from '../http/route.ts'
import { approvalRoutes } from './http/approvals.ts'
import { catalogRoutes } from './http/catalog.ts'
import { createRunRoute } from './http/create-run.ts'
import { runRoutes } from './http/runs.ts'
import type { AgentRuntime } from './module.ts'
import { sessionRoutes } from './http/sessions.ts'
import { traceRoutes } from './http/traces.ts'

/** The routes of the agents module, in documentation order. */
export function agentRoutes(runtime: AgentRuntime): Route[] {
  return [
    ...catalogRoutes(runtime),
    createRunRoute(runtime),
    ...sessionRoutes(runtime),
    ...traceRoutes(runtime),
    ...approvalRoutes(runtime),
    ...runRoutes(runtime),
  ]
}
