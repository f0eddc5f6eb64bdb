import { defineRoute, type Route } from '../http/route.ts'
import { library } from '../library.ts'

/** The routes of the agents module, in documentation order. */
export function agentRoutes(): Route[] {
  return [
    defineRoute({
      name: 'runtime_health',
      method: 'GET',
      path: '/health',
      summary: 'Is the runtime alive?',
      open: true,
      handle: () => ({ status: 'ok', runner: { id: library.name, version: library.version } }),
    }),
  ]
}
