import type { Agent } from './agents/agent.ts'
import type { JsonObject } from './lib/json.ts'
import { readConfig } from './agents/http/catalog.ts'
import { createEngines, type Engines } from './agents/engine/engines.ts'
import { agentRoutes } from './agents/routes.ts'
import type { AgentsModule } from './agents/module.ts'
import type { Protocol } from './agents/protocol.ts'
import type { ChangeHost, Changes } from './change/serve-changes.ts'
import type { Exchange } from './http/exchange.ts'
import type { StudioFetch } from './http/handler.ts'
import { createFetch } from './http/to-request.ts'
import type { Route } from './http/route.ts'
import { createPipeline } from './http/pipeline.ts'
import { openApiRoutes } from './openapi/routes.ts'
import { createIntrospection } from './introspection/routes.ts'
import { uniqueName } from './lib/unique-name.ts'
import { resolveOptions, type StudioOptions } from './options.ts'
import type { Pruned } from './storage/store.ts'

/**
 * A project and its agents behind one `fetch`. The constructor does no I/O and starts no timer.
 *
 * @example
 * export default new Studio([agent], { project, stores })
 */
export class Studio {
  /**
   * Handles a request and never rejects. It is bound, and takes `(request, env?, context?)` as Workers pass them, or what the
   * global `fetch` takes: a URL or a text, which may be a path alone, with `init`.
   */
  readonly fetch: StudioFetch
  /** Every endpoint as a value, in documentation order. */
  readonly routes: readonly Route[]
  /** True when the option `auth` is set. */
  readonly secured: boolean
  /** The prefix of every path that `fetch` answers, without a slash at the end; empty without a prefix. */
  readonly basePath: string
  readonly #module: AgentsModule
  readonly #engines: Engines

  constructor(targets: readonly Agent[] = [], options: StudioOptions = {}) {
    const resolved = resolveOptions(options)
    const agents = registerAgents(targets)
    this.#engines = createEngines({ ...resolved, agents })
    const engineOf = ({ request, env }: Exchange) => this.#engines.forRequest(request, env)
    this.#module = { ...resolved, agents, engineOf }
    this.secured = resolved.auth !== undefined
    this.basePath = resolved.basePath
    const ownRoutes = [
      ...agentRoutes(this.#module),
      ...protocolRoutes(resolved, this.#module),
      ...resolved.reports.flatMap(({ routes }) => routes(this.#module as never)),
    ]
    const described = openApiRoutes({ ...resolved, secured: this.secured }, () => this.routes)
    const otherRoutes = [...described, ...ownRoutes]
    const serve = options.workspace?.serve as ((host: ChangeHost) => Changes | null) | undefined
    const changes = serve?.({ ...resolved, options, engineOf })
    const { routes, capabilities } = createIntrospection({ ...resolved, ...changes, otherRoutes })
    this.routes = [...described, ...(resolved.introspection ? routes : []), ...ownRoutes]
    const handle = this.#engines.wrap(
      createPipeline({
        ...resolved,
        ...resolved.limits,
        routes: this.routes,
        capabilities: new Set(capabilities),
      }),
    )
    this.fetch = createFetch(handle, resolved)
  }

  /** Returns the body of `GET /config`. */
  config(): JsonObject {
    return readConfig(this.#module)
  }

  /** Resolves when the stores are ready, for hosts that want to fail at start-up. `env` is for stores that are opened for each request. */
  ready(env?: unknown): Promise<void> {
    return this.#engines.withEngine(env, async ({ stores }) => stores.ready?.())
  }

  /**
   * Advances all due runs once and waits for them, for hosts without long-lived processes: call it from a schedule, on
   * Workers from `scheduled` with its `env`.
   */
  tick(env?: unknown): Promise<void> {
    return this.#engines.withEngine(env, (engine) => engine.tick())
  }

  /**
   * Advances runs without serving requests, for a worker process. Resolves after `close`.
   *
   * @throws TypeError when stores are opened for each request, or are not shared with other processes.
   */
  work(): Promise<void> {
    return this.#engines.work()
  }

  /**
   * Deletes what is older than the `retention` of the stores. Call it from a schedule, in any process. `env` is for stores
   * that are opened for each request.
   */
  prune(env?: unknown): Promise<Pruned> {
    return this.#engines.withEngine(env, async ({ stores }) => {
      return (await stores.prune?.()) ?? { runs: 0, sessions: 0, idempotencyKeys: 0 }
    })
  }

  /** Stops claiming runs, waits for turns in progress, hands its runs over, and releases what the studio opened. */
  close(): Promise<void> {
    return this.#engines.close()
  }
}

function protocolRoutes(
  { protocols }: { readonly protocols: readonly Protocol[] },
  module: AgentsModule,
): Route[] {
  return protocols.flatMap(({ serve }) => (serve as (module: AgentsModule) => Route[])(module))
}

// A repeated id gets `-2`, `-3`… in order of registration.
function registerAgents(agents: readonly Agent[]): Map<string, Agent> {
  if (!Array.isArray(agents)) throw new TypeError('new Studio takes a list of agents first')
  const registered = new Map<string, Agent>()
  for (const agent of agents) {
    if (typeof agent?.id !== 'string' || !Array.isArray(agent.tools)) {
      throw new TypeError('new Studio takes agents that defineAgent made')
    }
    registered.set(
      uniqueName(agent.id, (id) => registered.has(id)),
      agent,
    )
  }
  return registered
}
