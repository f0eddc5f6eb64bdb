import { StudioError } from '../../errors.ts'
import type { FetchHandler } from '../../http/handler.ts'
import type { OpenStores, Stores } from '../../storage/store.ts'
import { inRequestDispatcher } from '../dispatch/in-request.ts'
import { createEngine, type Engine, type EngineOptions } from './engine.ts'

/** Where engines come from: one for all requests, or one for each. */
export interface Engines {
  /** The engine that answers a request. */
  of(request: Request, env: unknown): Engine
  /** Makes sure that an engine is there while the handler answers, and that what was opened for a request is closed. */
  around(answer: FetchHandler): FetchHandler
  /** Does something outside of any request. */
  use<T>(env: unknown, task: (engine: Engine) => Promise<T>): Promise<T>
  /** Advances runs until `close`. */
  work(): Promise<void>
  close(): Promise<void>
}

/** What engines are made from: an engine's own options, with stores that outlive requests or a function that opens them. */
export type EnginesOptions = Omit<EngineOptions, 'stores'> & {
  readonly stores: Stores | OpenStores
}

/** Makes the one engine there is, or what opens one for each request. */
export function createEngines({ stores, ...options }: EnginesOptions): Engines {
  if (typeof stores === 'function') return requestEngines(options, stores)
  return sharedEngine(createEngine({ ...options, stores }))
}

function sharedEngine(engine: Engine): Engines {
  return {
    of: () => engine,
    around: (answer) => (request, env, context) => {
      engine.start()
      return answer(request, env, context)
    },
    use: (_env, task) => task(engine),
    async work() {
      await engine.stores.ready?.()
      engine.start()
      const alive = setInterval(() => undefined, 60_000)
      await engine.closed
      clearInterval(alive)
    },
    close: () => closeEngine(engine),
  }
}

/**
 * An engine for each request that needs one, over stores opened for it (Workers: a connection must not cross requests). It
 * stays after the answer until the runs the request woke have come as far as they go and its stream was read, and keeps the
 * host alive for that where the host can be.
 */
function requestEngines(options: Omit<EngineOptions, 'stores'>, openStores: OpenStores): Engines {
  const byRequest = new WeakMap<Request, Engine>()
  const open = new Set<Engine>()
  let closed = false

  const create = (from: Parameters<OpenStores>[0]): Engine => {
    if (closed) throw new StudioError('unavailable', 'The runtime is shutting down')
    const stores: Stores = openStores(from)
    const engine = createEngine({ ...options, stores, dispatcher: inRequestDispatcher() })
    open.add(engine)
    return engine
  }
  const release = async (engine: Engine) => {
    await engine.idle()
    open.delete(engine)
    await closeEngine(engine)
  }
  return {
    of(request, env) {
      const engine = byRequest.get(request) ?? create({ env, request })
      byRequest.set(request, engine)
      return engine
    },
    around: (answer) => async (request, env, context) => {
      const response = await answer(request, env, context)
      const engine = byRequest.get(request)
      if (!engine) return response
      byRequest.delete(request)
      const { shown, read } = watchBody(response)
      const released = read.then(() => release(engine)).catch(options.onError)
      context?.waitUntil?.(released)
      return shown
    },
    async use(env, task) {
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

async function closeEngine(engine: Engine): Promise<void> {
  await engine.close()
  await engine.stores.close?.()
}

/** The same response, and a promise that resolves when its stream has ended or its reader left. */
function watchBody(response: Response): { shown: Response; read: Promise<unknown> } {
  const isWhole = response.headers.get('content-type')?.startsWith('application/json') ?? true
  if (!response.body || isWhole) return { shown: response, read: Promise.resolve() }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const read = response.body.pipeTo(writable).catch(() => undefined)
  return { shown: new Response(readable, response), read }
}
