import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { AgUiInput } from './run-agent-input.ts'

/** One request of a client of AG-UI. */
export interface AgUiCall {
  readonly module: AgentsModule
  readonly exchange: Exchange
  readonly agentId: string
  readonly body: AgUiInput
}

/** The thread of a request, as it is when the request arrives. */
export interface AgUiThread {
  /** Null for a thread without a message. */
  readonly session: Session | null
  readonly last: RunSummary | null
}
