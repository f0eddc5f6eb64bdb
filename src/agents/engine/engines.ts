import { StudioError } from '../../errors.ts'
import type { FetchHandler } from '../../http/handler.ts'
import type { OpenStores, Stores } from '../../storage/store.ts'
import { inRequestDispatcher } from '../dispatch/in-request.ts'
import { createEngine, type Engine, type EngineOptions, type ManagedEngine } from './engine.ts'
import type { CreateEngine, Reports } from './reports.ts'

/** Provides engines: one for all requests, or one for each request. */
export interface Engines {
  /** Returns the engine of a request. */
  forRequest(request: Request, env: unknown): Engine
  /** Wraps a handler so that the engine of its request is started before it and released after it. */
  wrap(handler: FetchHandler): FetchHandler
  /** Runs a task outside of any request. */
  withEngine<T>(env: unknown, task: (engine: ManagedEngine) => Promise<T>): Promise<T>
  /** Advances runs until `close`. */
  work(): Promise<void>
  close(): Promise<void>
}

/** The options of an engine, with stores that outlive requests or a function that opens stores for each request. */
export type EnginesOptions = Omit<EngineOptions, 'stores'> & {
  readonly stores: Stores | OpenStores
  /** What reports runs and approvals to other systems. */
  readonly reports: readonly Reports[]
}

/**
 * Creates the engine for all requests, or the provider of one for each request if `stores` is a function.
 *
 * @see docs/decisions/050-an-engine-for-each-request.md
 */
export function createEngines({ stores, reports, ...options }: EnginesOptions): Engines {
  const create = reports.reduce<CreateEngine>((made, { extend }) => extend(made), createEngine)
  if (typeof stores === 'function') return requestEngines(options, stores, create)
  return sharedEngine(create({ ...options, stores }))
}

function sharedEngine(engine: ManagedEngine): Engines {
  return {
    forRequest: () => engine,
    wrap: (handler) => (request, env, context) => {
      engine.start()
      return handler(request, env, context)
    },
    withEngine: (_env, task) => task(engine),
    async work() {
      if (!engine.stores.shared) {
        throw new TypeError(
          'Working needs stores that processes share, such as postgresStores(): these hold only the runs of this process',
        )
      }
      await engine.stores.ready?.()
      engine.start()
      const keepAlive = setInterval(() => undefined, 60_000)
      await engine.closed
      clearInterval(keepAlive)
    },
    close: () => closeEngine(engine),
  }
}

/**
 * Creates an engine for each request that needs one, over stores opened for that request (Workers: a connection must not
 * cross requests). The engine remains after the response until the runs that the request woke have ended or wait and its
 * stream was read. The host is kept alive for that if it allows it.
 */
function requestEngines(
  options: Omit<EngineOptions, 'stores'>,
  openStores: OpenStores,
  createOne: CreateEngine,
): Engines {
  const byRequest = new WeakMap<Request, ManagedEngine>()
  const open = new Set<ManagedEngine>()
  let closed = false

  const create = (source: Parameters<OpenStores>[0]): ManagedEngine => {
    if (closed) throw new StudioError('unavailable', 'The runtime is shutting down')
    const stores: Stores = openStores(source)
    const engine = createOne({ ...options, stores, dispatcher: inRequestDispatcher() })
    open.add(engine)
    return engine
  }
  const release = async (engine: ManagedEngine) => {
    await engine.idle()
    open.delete(engine)
    await closeEngine(engine)
  }
  return {
    forRequest(request, env) {
      const engine = byRequest.get(request) ?? create({ env, request })
      byRequest.set(request, engine)
      return engine
    },
    wrap: (handler) => async (request, env, context) => {
      const response = await handler(request, env, context)
      const engine = byRequest.get(request)
      if (!engine) return response
      byRequest.delete(request)
      const { watched, consumed } = watchBody(response)
      const released = consumed.then(() => release(engine)).catch(options.onError)
      context?.waitUntil?.(released)
      return watched
    },
    async withEngine(env, task) {
      const engine = create({ env })
      try {
        return await task(engine)
      } finally {
        await release(engine)
      }
    },
    async work() {
      throw new TypeError('Working needs `stores` that outlive a request, not a function')
    },
    async close() {
      closed = true
      await Promise.all([...open].map(closeEngine))
    },
  }
}

async function closeEngine(engine: ManagedEngine): Promise<void> {
  await engine.close()
  await engine.stores.close?.()
}

/** Returns an equal response, and a promise that resolves when its stream has ended or was cancelled by the client. */
function watchBody(response: Response): { watched: Response; consumed: Promise<unknown> } {
  const isWhole = response.headers.get('content-type')?.startsWith('application/json') ?? true
  if (!response.body || isWhole) return { watched: response, consumed: Promise.resolve() }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const consumed = response.body.pipeTo(writable).catch(() => undefined)
  return { watched: new Response(readable, response), consumed }
}
