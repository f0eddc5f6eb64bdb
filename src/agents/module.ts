import type { Agent } from './agent.ts'
import type { Clock, Ids } from '../lib/clock.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Engine } from './engine/engine.ts'

/** What the routes of this module share. */
export interface AgentsModule {
  readonly agents: ReadonlyMap<string, Agent>
  readonly clock: Clock
  readonly ids: Ids
  /** Returns the engine for a request: the shared one, or one that was opened for this request. */
  engineOf(exchange: Exchange): Engine
  /** False when sessions, and with them traces, are switched off. */
  readonly sessions: boolean
  /** The prefix that clients see, without a trailing slash. */
  readonly publicPath: string
  /** What happens to a run whose client disconnects, unless its agent or request says otherwise. */
  readonly onDisconnect: 'continue' | 'cancel'
  /** Undefined where callers need no credentials. */
  readonly auth: unknown
  readonly limits: {
    /** How long the body of a request may be, in bytes, and how long one with files. */
    readonly bodyBytes: number
    readonly attachmentBytes: number
    /** How deep its JSON may nest, and how long its client may take to send it, in milliseconds. */
    readonly jsonDepth: number
    readonly bodyMs: number
  }
}
