import type { Exchange } from '../http/exchange.ts'
import type { IntrospectionModule } from '../introspection/module.ts'
import type { Clock, Ids } from '../lib/clock.ts'
import type { ChangeStore, Stores } from '../storage/store.ts'
import type { WorkspaceFiles } from './workspace.ts'

/** When a change set needs the decision of a person before it is applied. */
export type ApprovalNeed = 'always' | 'destructive' | 'never'

/** How change sets are decided on and how long they wait. Each has a default. */
export interface ChangeOptions {
  /**
   * `destructive` asks for what takes away a file or most of its lines. `never` applies whatever a caller with the header
   * `X-AI-Apply: true` asks for. @default 'always'
   */
  readonly approve?: ApprovalNeed
  /** How long a change set may be decided on and applied, in milliseconds. @default 1_800_000 (30 minutes) */
  readonly expiresMs?: number
}

/** What the endpoints of change sets share. */
export interface ChangeModule {
  readonly workspace: WorkspaceFiles
  readonly approve: ApprovalNeed
  readonly expiresMs: number
  /** How long a process that stopped keeps the folder, in milliseconds. */
  readonly leaseMs: number
  /** The name of this process among those that share the stores. */
  readonly owner: () => string
  readonly clock: Clock
  readonly ids: Ids
  /** True when `auth` is a function, which can tell one person from another. A shared token names no person. */
  readonly namesCallers: boolean
  readonly storesOf: (exchange: Exchange) => Stores
  readonly changesOf: (stores: Stores) => ChangeStore | undefined
  readonly introspection: IntrospectionModule
  readonly onError: (error: unknown, request?: Request) => void
}

/** A module with the store of one request. */
export interface ChangeWork extends ChangeModule {
  readonly changes: ChangeStore
}
