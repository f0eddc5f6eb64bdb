import type { Agent } from './agent.ts'
import type { Clock } from '../lib/clock.ts'
import type { Ids } from '../lib/clock.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Engine } from './engine/engine.ts'

/** What the routes of this module share. */
export interface AgentRuntime {
  readonly agents: ReadonlyMap<string, Agent>
  readonly clock: Clock
  readonly ids: Ids
  /** The engine that answers a request: the one there is, or one for this request. */
  engineOf(exchange: Exchange): Engine
  /** False when sessions, and with them traces, are switched off. */
  readonly sessions: boolean
  /** The prefix that clients see, without a trailing slash. */
  readonly publicPath: string
}
