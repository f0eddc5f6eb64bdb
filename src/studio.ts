import type { Agent } from './agents/agent.ts'
import { readConfig } from './agents/catalog.ts'
import { createEngine, type Engine } from './agents/engine.ts'
import { agentRoutes } from './agents/routes.ts'
import type { AgentRuntime } from './agents/runtime.ts'
import type { FetchHandler } from './http/handler.ts'
import type { Route } from './http/route.ts'
import { createRouter } from './http/router.ts'
import type { JsonObject } from './lib/json.ts'
import { createIntrospection } from './introspection/introspection.ts'
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
  readonly #runtime: AgentRuntime
  readonly #engine: Engine

  constructor(targets: readonly Agent[] = [], options: StudioOptions = {}) {
    const resolved = resolveOptions(options)
    const { basePath, sessions } = resolved
    this.#engine = createEngine({ ...resolved, agents: registerAgents(targets) })
    this.#runtime = { engine: this.#engine, sessions, basePath }
    this.secured = resolved.auth !== undefined
    const agents = agentRoutes(this.#runtime)
    const { routes, capabilities } = createIntrospection({ ...resolved, agentRoutes: agents })
    this.routes = resolved.introspection ? [...routes, ...agents] : agents
    const answer = createRouter({
      ...resolved,
      routes: this.routes,
      capabilities: new Set(capabilities),
    })
    this.fetch = (request, env, context) => {
      this.#engine.start()
      return answer(request, env, context)
    }
  }

  /** What `GET /config` answers. */
  config(): JsonObject {
    return readConfig(this.#runtime)
  }

  /** Resolves when the stores can be used, for hosts that want to fail at start-up. */
  async ready(): Promise<void> {
    await this.#engine.stores.ready?.()
  }

  /** Takes over all due work once and waits for it, for hosts without long-lived processes. */
  tick(): Promise<void> {
    return this.#engine.tick()
  }

  /** Advances runs without serving requests, for a process that does nothing else; resolves after `close`. */
  async work(): Promise<void> {
    await this.ready()
    this.#engine.start()
    const alive = setInterval(() => undefined, 60_000)
    await this.#engine.closed
    clearInterval(alive)
  }

  /**
   * Deletes what the stores need not keep by their `retention`; to be called now and then, from any process. Null when the
   * stores look after themselves.
   */
  async prune(): Promise<Pruned | null> {
    return (await this.#engine.stores.prune?.()) ?? null
  }

  /** Stops taking runs, lets turns in progress end, hands its own over, and releases what it opened. */
  async close(): Promise<void> {
    await this.#engine.close()
    await this.#engine.stores.close?.()
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
