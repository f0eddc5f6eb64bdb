/** A plan that a run hands in. */
export interface Submission {
  readonly runId: string
  readonly toolCallId: string
}

/**
 * The requests by which runs of planners hand in their plans, inside of this process. A request that comes over HTTP is never
 * among them, so that nobody can speak for a run.
 */
export const submissions = new WeakMap<Request, Submission>()

/** The name of the tool that hands a plan in. */
export const submitPlanName = 'submit_plan'

/** How often one run may hand in a plan. */
export const maxSubmissions = 3
