import type { JsonObject } from '../lib/json.ts'

/** One step of a plan, as far as it is needed after the preview: what it changes is in the files and in the migration. */
export interface PlannedStep {
  readonly id: string
  readonly type: string
  readonly description: string
  readonly reasoning: string | null
  readonly dependsOn: readonly string[]
  readonly effects: 'none' | 'files' | 'database'
  /** False if the preview could not run it. */
  readonly simulated: boolean
  /** The paths of the files that it changes. */
  readonly files: readonly string[]
  /** What a check is to find out; null for steps that change something. */
  readonly check: unknown
}

/** The steps that a change set does together. */
export interface ChangePlan {
  readonly intent: string
  /** What happens to the steps that are done when one fails. */
  readonly onFailure: 'stop' | 'roll_back'
  /** In the order of the preview: each saw what those before it do. */
  readonly steps: readonly PlannedStep[]
  /** The run that made the plan; null for one that came with the request. */
  readonly runId: string | null
}

/** How far an attempt to apply a plan has come. Its size is bounded, and it has no texts of files and no rows of the database. */
export interface PlanProgress {
  /** `interrupted`: the process that was at it has ended. */
  readonly status: 'running' | 'succeeded' | 'failed' | 'interrupted'
  /** ISO 8601 UTC with milliseconds, as the other times. */
  readonly startedAt: string
  readonly endedAt: string | null
  /** The steps that were done or have failed, in the order in which they were done. */
  readonly steps: readonly StepRecord[]
  /** The steps that had changed something before anything was taken back. */
  readonly applied: readonly string[]
  readonly notes: readonly string[]
}

/** What became of a step of a plan. */
export interface StepRecord {
  readonly id: string
  /** Why it failed, in words that are safe to send; null if it did not. */
  readonly error: string | null
  readonly output: JsonObject
  readonly startedAt: string
  /** Whole milliseconds. */
  readonly ms: number
}
