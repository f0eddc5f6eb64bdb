import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isoTime } from '../../lib/clock.ts'
import type { ChangeSet } from '../../records/change.ts'
import { capabilityOf } from '../capability-of.ts'
import type { ChangeWork } from '../module.ts'
import { requireChange } from './propose.ts'
import { concernsTypes } from './prove-types.ts'
import { conflict } from './state.ts'
import { needsApproval, toWireChange } from './views.ts'

const ends = {
  applying: 'The change set is being applied',
  applied: 'The change set is applied already',
  migrating: 'The migration of the change set is running',
  rolling_back: 'The change set is being rolled back',
  rolled_back: 'The change set was rolled back; preview the change again',
  rejected: 'The change set was rejected; preview another one',
  expired: 'The change set has expired; preview the change again',
} as const

/** @throws StudioError `forbidden` unless the request has the header `X-AI-Apply: true`. */
export function requireIntent({ request }: Exchange): void {
  if (request.headers.get('x-ai-apply')?.toLowerCase() === 'true') return
  throw new StudioError('forbidden', 'Changing files needs the header X-AI-Apply: true')
}

/**
 * Reads a change set that a caller wants to apply.
 *
 * @throws StudioError `not_found`, or `conflict` when it may not be applied: another digest was shown, it has ended, or nobody
 *   has approved it.
 */
export async function admitApply(
  work: ChangeWork,
  exchange: Exchange,
  { id, digest }: { readonly id: string; readonly digest: string },
): Promise<ChangeSet> {
  const change = await requireChange(work, exchange, id)
  const { status } = change
  refuseOtherKind(change, work)
  refuseOtherDigest(change, digest)
  if (status !== 'pending' && status !== 'approved') throw conflict(status, ends[status])
  if (change.expiresAt <= isoTime(work.clock.now())) throw conflict('expired', ends.expired)
  requireProof(change, work)
  if (status === 'approved' || !needsApproval(change, work)) return change
  throw conflict(
    'approval_required',
    `A person must approve the change set first: POST /ai/changes/${id}/decision`,
    { change_set: toWireChange(change, work) },
  )
}

/** Reads a change set that a caller wants to roll back. @throws StudioError `not_found`, `conflict` when it is not applied. */
export async function admitRollback(
  work: ChangeWork,
  exchange: Exchange,
  id: string,
): Promise<ChangeSet> {
  const change = await requireChange(work, exchange, id)
  const { status } = change
  if (status === 'applied') return change
  const isUnused = status === 'pending' || status === 'approved'
  throw conflict(
    isUnused ? 'pending' : status,
    isUnused ? 'The change set was not applied' : ends[status],
  )
}

/** A change set of an earlier time may be of a kind that is no longer allowed. */
function refuseOtherKind({ kind }: ChangeSet, { kinds }: ChangeWork): void {
  if (kinds.includes(kind)) return
  throw new StudioError('forbidden', `The capability ${capabilityOf[kind]} is not allowed`)
}

function requireProof(change: ChangeSet, work: ChangeWork): void {
  const { migration, proof } = change
  if (work.proof !== 'required') return
  requireTypes(change, work)
  if (!migration || (proof?.ran && proof.drift.length === 0)) return
  const reason = proof?.ran
    ? 'the copy of the database was not as predicted after it'
    : (proof?.reason ?? 'it was not tried')
  throw conflict('proof_required', `The migration is not proved: ${reason}`)
}

/** Where the workspace checks types, a proof that is required has no new error of types. */
function requireTypes({ files, proof }: ChangeSet, { workspace }: ChangeWork): void {
  const types = proof?.types
  if (!workspace.checkTypes || !concernsTypes(files)) return
  if (types?.ran && types.errors.length === 0) return
  const reason = types?.ran
    ? `the change brings ${types.errors.length} errors`
    : (types?.reason ?? 'they were not checked')
  throw conflict('proof_required', `The types are not proved: ${reason}`)
}

/** @throws StudioError `conflict` unless the digest is that of the change set. */
export function refuseOtherDigest(change: ChangeSet, digest: string): void {
  if (change.digest === digest) return
  throw conflict('digest_mismatch', 'The change set has another digest than the one expected')
}
