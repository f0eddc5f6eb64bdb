import type { HostContext } from '../../http/handler.ts'
import type { Clock, Ids } from '../../lib/clock.ts'
import type { Stores } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Live } from '../log/channel.ts'

/** Why a run must stop: it was cancelled, ran out of time, the process is shutting down, or its lease was lost. */
export type StopReason = 'cancelled' | 'timeout' | 'shutdown' | 'lost'

/** What the run loop needs of the process it runs in. */
export interface LoopHost {
  readonly agents: ReadonlyMap<string, Agent>
  readonly stores: Stores
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly ids: Ids
  readonly leaseMs: number
  /** False when sessions and traces are switched off: no event names a trace then. */
  readonly sessions: boolean
  readonly onError: (error: unknown) => void
  /** Identifies this process in the rows it owns. */
  readonly owner: string
  readonly live: Live
  /** The runs this process is claiming or advancing, each with a function that stops it. */
  readonly active: Map<string, (reason: StopReason) => void>
  /** Runs woken while this process was already advancing them; they are looked at again afterwards. */
  readonly woken: Set<string>
  /** False after `close`: no new turn is started. */
  readonly accepting: () => boolean
  /** Aborts when this process stops waiting for work in progress. */
  readonly closing: AbortSignal
  /** Schedules a run to be advanced soon. */
  wake(runId: string, context?: HostContext): void
}
