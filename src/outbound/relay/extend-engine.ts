import type { CreateEngine } from '../../agents/engine/reports.ts'
import type { Relay, ReportHost } from './drain.ts'

/** Makes engines that have a relay, which starts, flushes and ends with them. */
export function extendEngine(open: (host: ReportHost) => Relay) {
  return (create: CreateEngine): CreateEngine =>
    (options) => {
      const relay = open(options)
      const engine = create({ ...options, stores: relay.stores })
      return {
        ...engine,
        start() {
          engine.start()
          relay.start()
        },
        async idle() {
          await engine.idle()
          await relay.flush(true)
        },
        async tick() {
          await engine.tick()
          await relay.flush(false)
        },
        async close() {
          await engine.close()
          await relay.close()
        },
      }
    }
}
