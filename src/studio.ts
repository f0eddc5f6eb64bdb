import type { Agent } from './agents/agent.ts'
import { readConfig } from './agents/http/catalog.ts'
import { createEngines, type Engines } from './agents/engine/engines.ts'
import { agentRoutes } from './agents/routes.ts'
import type { AgentRuntime } from './agents/module.ts'
import type { Exchange } from './http/exchange.ts'
import type { FetchHandler } from './http/handler.ts'
import type { Route } from './http/route.ts'
import { createPipeline } from './http/pipeline.ts'
import type { JsonObject } from './lib/json.ts'
import { createIntrospection } from './introspection/routes.ts'
import { resolveOptions, type StudioOptions } from './options.ts'
import type { Pruned } from './storage/store.ts'

/**
 * A project and its agents behind one `fetch`. The constructor does no I/O and starts no timer; options are checked by
 * `resolveOptions`.
 */
export class Studio {
  /** Answers a request; bound, and never rejects. Takes `(request, env?, context?)` as Workers hand them over. */
  readonly fetch: FetchHandler
  /** Every endpoint as a value, in documentation order. */
  readonly routes: readonly Route[]
  /** True when `auth` is configured. */
  readonly secured: boolean
  /** The prefix of every path that `fetch` answers, without a slash at the end; empty without a prefix. */
  readonly basePath: string
  readonly #runtime: AgentRuntime
  readonly #engines: Engines

  constructor(targets: readonly Agent[] = [], options: StudioOptions = {}) {
    const resolved = resolveOptions(options)
    const agents = registerAgents(targets)
    this.#engines = createEngines({ ...resolved, agents })
    const engineOf = ({ request, env }: Exchange) => this.#engines.of(request, env)
    this.#runtime = { ...resolved, agents, engineOf }
    this.secured = resolved.auth !== undefined
    this.basePath = resolved.basePath
    const ownRoutes = agentRoutes(this.#runtime)
    const { routes, capabilities } = createIntrospection({ ...resolved, agentRoutes: ownRoutes })
    this.routes = resolved.introspection ? [...routes, ...ownRoutes] : ownRoutes
    this.fetch = this.#engines.around(
      createPipeline({ ...resolved, routes: this.routes, capabilities: new Set(capabilities) }),
    )
  }

  /** What `GET /config` answers. */
  config(): JsonObject {
    return readConfig(this.#runtime)
  }

  /** Resolves when the stores can be used, for hosts that want to fail at start-up. `env` is for stores of a request. */
  ready(env?: unknown): Promise<void> {
    return this.#engines.use(env, async ({ stores }) => stores.ready?.())
  }

  /**
   * Takes over all due work once and waits for it, for hosts without long-lived processes: call it now and then, on Workers
   * from `scheduled` with its `env`.
   */
  tick(env?: unknown): Promise<void> {
    return this.#engines.use(env, (engine) => engine.tick())
  }

  /**
   * Advances runs without serving requests, for a process that does nothing else; resolves after `close`.
   *
   * @throws TypeError where stores are opened for each request.
   */
  work(): Promise<void> {
    return this.#engines.work()
  }

  /**
   * Deletes what the stores need not keep by their `retention`; to be called now and then, from any process. `env` is for
   * stores of a request.
   */
  prune(env?: unknown): Promise<Pruned> {
    return this.#engines.use(env, async ({ stores }) => {
      return (await stores.prune?.()) ?? { runs: 0, sessions: 0, idempotencyKeys: 0 }
    })
  }

  /** Stops taking runs, lets turns in progress end, hands its own over, and releases what it opened. */
  close(): Promise<void> {
    return this.#engines.close()
  }
}

/** A repeated id gets `-2`, `-3`… in order of registration (contract runs.md 1.2). */
function registerAgents(agents: readonly Agent[]): Map<string, Agent> {
  const registered = new Map<string, Agent>()
  for (const agent of agents) {
    let id = agent.id
    for (let copy = 2; registered.has(id); copy++) id = `${agent.id}-${copy}`
    registered.set(id, agent)
  }
  return registered
}
