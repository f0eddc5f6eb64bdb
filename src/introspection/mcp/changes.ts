import { InMemoryServerEventBus, type ServerEventBus } from '@modelcontextprotocol/server'
import type { Exchange } from '../../http/exchange.ts'
import { unref } from '../../lib/timer.ts'
import type { IntrospectionModule } from '../module.ts'

/** How often a subscription looks for changes, in milliseconds. */
const intervalMs = 5_000

/** Most subscriptions of one studio. */
const maxOpen = 100

const openOf = new WeakMap<IntrospectionModule, number>()

/**
 * True if a client can subscribe to changes: there is room, and the database outlives requests. One that is opened for a
 * request may be another one each time.
 */
export function maySubscribe(introspection: IntrospectionModule): boolean {
  return typeof introspection.database !== 'function' && openCount(introspection) < maxOpen
}

/**
 * Returns a bus that compares the checksums of the snapshot while a client is subscribed, and tells it that the lists of
 * tools and resources changed.
 */
export function createChangeBus(
  introspection: IntrospectionModule,
  exchange: Exchange,
): ServerEventBus {
  const bus = new InMemoryServerEventBus()
  return {
    publish: (event) => bus.publish(event),
    subscribe(listener) {
      const unsubscribe = bus.subscribe(listener)
      openOf.set(introspection, openCount(introspection) + 1)
      const stop = watch(introspection, exchange, () => {
        bus.publish({ kind: 'tools_list_changed' })
        bus.publish({ kind: 'resources_list_changed' })
      })
      return () => {
        unsubscribe()
        if (stop()) openOf.set(introspection, openCount(introspection) - 1)
      }
    },
  }
}

/** Calls `onChange` after the checksums changed. Returns a function that ends this; it returns true the first time. */
function watch(
  { withScope, onError }: IntrospectionModule,
  exchange: Exchange,
  onChange: () => void,
): () => boolean {
  let timer: ReturnType<typeof setTimeout>
  let isStopped = false
  let last: string | null = null
  const look = async () => {
    const { checksums } = await withScope(exchange, (scope) => scope.snapshot())
    const now = JSON.stringify(checksums)
    if (last !== null && now !== last && !isStopped) onChange()
    last = now
  }
  const schedule = () => {
    if (isStopped) return
    timer = setTimeout(next, intervalMs)
    unref(timer) // a reader that forgot the stream keeps no process alive
  }
  const next = () =>
    void look()
      .catch((error: unknown) => onError(error, exchange.request))
      .then(schedule, schedule)
  next()
  return () => {
    if (isStopped) return false
    clearTimeout(timer)
    return (isStopped = true)
  }
}

function openCount(introspection: IntrospectionModule): number {
  return openOf.get(introspection) ?? 0
}
