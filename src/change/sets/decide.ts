import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isoTime } from '../../lib/clock.ts'
import { toWellFormed } from '../../lib/text.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'
import { refuseOtherDigest } from './admit.ts'
import { requireChange } from './propose.ts'
import { callerOf, conflict, nextState } from './state.ts'

const expected_digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')
  .describe('The digest of what the person saw.')

/** The body of `POST /ai/changes/:id/apply`. */
export const applyBodySchema = z
  .strictObject({ expected_digest })
  .meta({ id: 'ChangeApplication', description: 'What is applied: exactly what was shown.' })

/** The body of `POST /ai/changes/:id/decision`. */
export const decisionSchema = z
  .strictObject({
    approved: z.boolean(),
    expected_digest,
    reason: z.string().trim().max(10_000).optional(),
  })
  .meta({
    id: 'ChangeDecision',
    description:
      'A decision about exactly what was shown. Another content is another change set: preview it.',
  })

/** A decision of a person about a change set. */
export type DecisionRequest = z.infer<typeof decisionSchema>

/** Another request may change the state between reading and writing it. */
const maxTries = 5

/**
 * Approves or rejects a pending change set. A repeated decision is fine.
 *
 * @throws StudioError `not_found`, `conflict` for another digest or verdict, `forbidden` when the caller asked for the change.
 */
export async function decide(
  work: ChangeWork,
  exchange: Exchange,
  { id, ...request }: DecisionRequest & { readonly id: string },
): Promise<ChangeSet> {
  const { approved, reason, expected_digest } = request
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const change = await requireChange(work, exchange, id)
    refuseOtherDigest(change, expected_digest)
    const verdict = approved ? 'approved' : 'rejected'
    if (change.status === verdict) return change
    if (change.status !== 'pending') {
      throw conflict(change.status, `The change set is already ${change.status}`)
    }
    const decidedBy = callerOf(exchange)
    if (approved) refuseOwn(work, change, decidedBy)
    const said = reason ? toWellFormed(reason) : null
    const decidedAt = isoTime(work.clock.now())
    const state = nextState(change, work, {
      status: verdict,
      decision: { approved, reason: said, decidedBy, decidedAt },
      event: { type: verdict, by: decidedBy, reason: said },
    })
    const version = await work.changes.update(change, state)
    if (version !== null) return { ...change, ...state, version }
  }
  throw conflict('busy', 'The change set is being changed by others; try again')
}

/** The person who asked for a change cannot approve it. A shared token names no person, so it cannot be compared. */
function refuseOwn(
  { namesCallers }: ChangeWork,
  change: ChangeSet,
  decidedBy: string | null,
): void {
  if (!namesCallers || decidedBy !== change.createdBy) return
  throw new StudioError('forbidden', 'Another person than the one who asked must approve')
}
