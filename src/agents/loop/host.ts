import type { HostContext } from '../../http/handler.ts'
import type { Clock, Ids } from '../../lib/clock.ts'
import type { ResolvedLimits } from '../../lib/options/limits.ts'
import type { ReportError } from '../../lib/options/report.ts'
import type { Stores } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Channels } from '../log/channel.ts'

/**
 * Why a run stops: it was cancelled, it timed out, its log reached a limit, the process shuts down, the store refused for good what the run wrote, or
 * another process took the run over.
 */
export type StopReason = 'cancelled' | 'timeout' | 'full' | 'shutdown' | 'unstorable' | 'lost'

/** The controls of a run that this process advances. */
export interface ActiveRun {
  stop(reason: StopReason): void
  /** Reads soon whether the run was cancelled. */
  check(): void
}

/** What the run loop needs from the process in which it runs. */
export interface LoopHost {
  readonly agents: ReadonlyMap<string, Agent>
  readonly stores: Stores
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly ids: Ids
  readonly leaseMs: number
  readonly limits: ResolvedLimits
  /** False if sessions and traces are switched off: events then name no trace. */
  readonly sessions: boolean
  readonly onError: ReportError
  /** Identifies this process in the rows of the runs that it owns. */
  readonly owner: string
  readonly channels: Channels
  /** The runs that this process is claiming or advancing. */
  readonly active: Map<string, ActiveRun>
  /** Runs that were woken while this process was advancing them. They are woken again afterwards. */
  readonly woken: Set<string>
  /** Returns false after `close`: no new turn starts. */
  readonly accepting: () => boolean
  /** Aborts when this process stops waiting for work in progress. */
  readonly closing: AbortSignal
  /** Schedules a run to be advanced soon. */
  wake(runId: string, context?: HostContext): void
}
