import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { ChangeSummary } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'
import type { ChangeAction, ChangePolicy, ChangeRequest } from '../policy.ts'
import { requireChange } from './propose.ts'

/** How long a policy may take, in milliseconds. */
const policyMs = 10_000

const verbs: Readonly<Record<ChangeAction, string>> = {
  approve: 'approve this change set',
  reject: 'reject this change set',
  apply: 'apply this change set',
  migrate: 'run the migration of this change set',
  roll_back: 'roll this change set back',
}

/**
 * Asks the policy of the studio, if there is one, whether a caller may do something with a change set. Call it before any work
 * and outside of locks.
 *
 * @throws StudioError `forbidden` that says what the caller may not do, `unavailable` when the policy fails, `not_found`.
 */
export async function permit(
  work: ChangeWork,
  exchange: Exchange,
  { id, action }: { readonly id: string; readonly action: ChangeAction },
): Promise<void> {
  const isDecision = action === 'approve' || action === 'reject'
  const name = isDecision ? 'mayDecide' : 'mayApply'
  const policy = work[name]
  if (policy === null) return
  const request = toRequest(await requireChange(work, exchange, id), action)
  if (await ask({ policy, name }, exchange, request)) return
  throw new StudioError('forbidden', `The caller may not ${verbs[action]}`, {
    details: { reason: isDecision ? 'may_not_decide' : 'may_not_apply', action },
  })
}

/** An answer that is not a clear yes or no is a mistake of the policy, which lets nobody through. */
async function ask(
  { policy, name }: { readonly policy: ChangePolicy; readonly name: string },
  { principal }: Exchange,
  request: ChangeRequest,
): Promise<boolean> {
  const late = new Error(`changes.${name} did not answer within ${policyMs} ms`)
  try {
    const answer: unknown = await withDeadline(policyMs, late, async () =>
      policy(principal, request),
    )
    if (typeof answer === 'boolean') return answer
    throw new TypeError(`changes.${name} must return true or false`)
  } catch (cause) {
    throw new StudioError('unavailable', 'It is not known whether the caller may do this', {
      details: { reason: 'policy_failed' },
      headers: { 'retry-after': '1' },
      cause,
    })
  }
}

function toRequest(change: ChangeSummary, action: ChangeAction): ChangeRequest {
  const { id, kind, createdBy, files, destructive, migration } = change
  return {
    action,
    id,
    kind,
    createdBy,
    files: files.map(({ path }) => path),
    destructive: [...destructive],
    hasMigration: migration !== null,
  }
}
