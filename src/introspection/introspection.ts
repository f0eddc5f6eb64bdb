import type { Route } from '../http/route.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../project/database.ts'
import type { Project } from '../project/project.ts'
import { healthRoute } from './health.ts'

/** What the introspection module is made from. */
export interface Introspection {
  readonly project: Project
  readonly database: Database | null
  readonly clock: Clock
}

/** The routes of the introspection module, in documentation order. */
export function introspectionRoutes(introspection: Introspection): Route[] {
  return [healthRoute(introspection)]
}
