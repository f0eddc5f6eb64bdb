import type { Principal } from '../http/exchange.ts'
import type { ChangeKind } from '../records/change.ts'

/** What a caller asks to do with a change set. */
export type ChangeAction = 'approve' | 'reject' | 'apply' | 'migrate' | 'roll_back'

/** A change set as a policy sees it, and what the caller asks to do with it. It holds no texts of files. */
export interface ChangeRequest {
  readonly action: ChangeAction
  readonly id: string
  readonly kind: ChangeKind
  /** Who asked for the change; null where `auth` names nobody. */
  readonly createdBy: string | null
  /** The paths of its files, relative to the root of the workspace, sorted. */
  readonly files: readonly string[]
  /** What it takes away, in words. Empty when it takes nothing away. */
  readonly destructive: readonly string[]
  readonly hasMigration: boolean
}

/**
 * Says whether a caller may do something with a change set. `caller` is the object that `auth` returned, null without `auth`. It has
 * 10 s. Only `true` allows: `false` refuses with 403, and an error, any other answer or a late one refuses with 503 and goes to
 * `onError`.
 *
 * @see docs/decisions/199-who-may-apply-is-a-function.md
 */
export type ChangePolicy = (
  caller: Principal | null,
  request: ChangeRequest,
) => boolean | Promise<boolean>
