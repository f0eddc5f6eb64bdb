import type { Call, CallOptions } from './send.ts'
import type { ChangeInfo, PlanBody, PlanInfo } from './wire.ts'

/** A plan as a person saw it: the id and the digest of its preview. */
export interface ShownPlan {
  readonly plan_id: string
  readonly digest: string
}

/** The calls about plans. Neither has a limit of the client: the studio ends the steps, and the run of a planner. */
export function callsOfPlans(call: <T>(path: string, call?: Call) => Promise<T>) {
  const post = <T = PlanInfo>(path: string, given: Call) =>
    call<T>(path, { method: 'POST', timeoutMs: Infinity, ...given })
  const toApply = (
    { plan_id, digest }: ShownPlan,
    signal: CallOptions['signal'],
    prefer?: string,
  ) => ({
    body: { plan_id, digest },
    headers: { 'x-ai-apply': 'true', prefer },
    signal,
  })
  return {
    /**
     * Runs the steps of a plan on copies, and stores them as one change set to decide on; nothing is written. An intent alone is
     * turned into a plan by the planner of the studio. A step that fails is an answer with `success: false`. A plan that cannot
     * be is an error whose `details.validation_errors` name all faults.
     */
    preview: async (body: PlanBody, { signal }: CallOptions = {}) =>
      post('/ai/plan/preview', { body, signal }),
    /**
     * Writes the files of a plan that was shown, runs its migration and then its checks. A step that fails is an answer with
     * `success: false`; the same call again goes on where it stopped. A call that is aborted does not end it: read its change set.
     */
    apply: async (shown: ShownPlan, { signal }: CallOptions = {}) =>
      post('/ai/plan/apply', toApply(shown, signal)),
    /**
     * Applies a plan in the background, and resolves to its change set as soon as it may be. `plan.progress` of
     * `changes.get(plan_id)` then says how far it has come. The same call again goes on where it stopped.
     */
    start: async (shown: ShownPlan, { signal }: CallOptions = {}) =>
      post<ChangeInfo>('/ai/plan/apply', toApply(shown, signal, 'respond-async')),
  }
}
