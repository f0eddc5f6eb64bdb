import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isoTime } from '../../lib/clock.ts'
import type { ChangeEvent, ChangeSet, ChangeState, ChangeStatus } from '../../records/change.ts'
import type { ChangeModule } from '../module.ts'
import type { CommitRefusal } from '../workspace.ts'

/** Why the state of a change set does not allow what a caller asks for; `details.reason` of a 409. */
export type ConflictReason =
  | 'confirmation_required'
  | 'approval_required'
  | 'digest_mismatch'
  | 'changed_since_preview'
  | 'request_mismatch'
  | 'busy'
  | 'proof_required'
  | 'migration_applied'
  | 'migrations_pending'
  | 'migrations_conflict'
  | 'no_migration'
  | 'tool_unsupported'
  | 'irreversible'
  | 'migrated'
  | 'not_migrated'
  | CommitRefusal['reason']
  | ChangeStatus

/** Creates a 409 with its reason. */
export function conflict(
  reason: ConflictReason,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): StudioError {
  return new StudioError('conflict', message, { details: { reason, ...details } })
}

/** Returns the id of the caller; null where `auth` names nobody. */
export function callerOf({ principal }: Exchange): string | null {
  return principal?.id ?? null
}

/** An event before it is known when it happens. */
export type NewEvent = Pick<ChangeEvent, 'type'> & Partial<Pick<ChangeEvent, 'by' | 'reason'>>

/** Returns the state of a change set with some parts replaced, and with these events at its end. */
export function nextState(
  change: Pick<ChangeSet, keyof ChangeState | 'digest'>,
  { clock }: Pick<ChangeModule, 'clock'>,
  next: Partial<Omit<ChangeState, 'events'>> & {
    readonly event?: NewEvent | readonly NewEvent[]
  },
): ChangeState {
  const { status, decision, events, phase, folders, run, progress, commit, digest } = change
  const { event = [], ...parts } = next
  const at = isoTime(clock.now())
  return {
    status,
    decision,
    phase,
    folders,
    run,
    progress,
    commit,
    ...parts,
    events: [
      ...events,
      ...[event].flat().map((each) => ({ by: null, reason: null, ...each, at, digest })),
    ],
  }
}
