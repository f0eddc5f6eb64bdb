import type { Route } from '../http/route.ts'
import { approvalRoutes } from './approvals.ts'
import { catalogRoutes } from './catalog.ts'
import { createRunRoute } from './run-create.ts'
import { runRoutes } from './runs.ts'
import type { AgentRuntime } from './runtime.ts'
import { sessionRoutes } from './sessions.ts'
import { traceRoutes } from './traces.ts'

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
