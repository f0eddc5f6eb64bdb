import type { Reporter } from '../../agents/reporter.ts'
import type { Reports } from '../../agents/engine/reports.ts'
import { withMemoryOutbox } from '../../storage/memory/outbox.ts'
import { memoryPushTargets } from '../../storage/memory/push-targets.ts'
import type { Stores } from '../../storage/store.ts'
import { createRelay, type RelayChannel, type ReportHost } from './drain.ts'
import { extendEngine } from './extend-engine.ts'

/** Makes a reporter that tells the push targets of runs what happens to them. */
export function pushReporter(name: string, channel: RelayChannel): Reporter {
  const serve = (): Reports => ({
    extend: extendEngine((host) =>
      createRelay(name, { ...host, stores: withTargets(name, host) }, [channel]),
    ),
    routes: () => [],
  })
  return { name, serve }
}

/** @throws TypeError when the stores cannot keep push targets. */
function withTargets(name: string, { stores, clock }: ReportHost): Stores {
  if (stores.pushTargets) return stores
  if (stores.kind !== 'memory') {
    throw new TypeError(
      `The option ${name} needs stores with push targets, such as postgresStores()`,
    )
  }
  const noted = stores.outbox ? stores : withMemoryOutbox(stores, clock)
  return { ...noted, pushTargets: memoryPushTargets(stores) }
}
