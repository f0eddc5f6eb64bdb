import type { JsonObject } from '../lib/json.ts'

/** Where a client wants to be told about one run. */
export interface PushTarget {
  readonly id: string
  readonly runId: string
  /** What its protocol needs to reach it. It may hold secrets. */
  readonly data: JsonObject
  /** The ids of the facts that it was told, so that a repetition for the sake of another target does not tell them again. */
  readonly sent: readonly string[]
}

/** Keeps where clients want to be told about their runs. A target is deleted with its run. */
export interface PushTargetStore {
  /** Saves a target, or replaces the data of the one with this id. False if the run has `max` others, or does not exist. */
  put(target: Pick<PushTarget, 'id' | 'runId' | 'data'>, max: number): Promise<boolean>
  /** The targets of a run, the oldest first. */
  list(runId: string): Promise<PushTarget[]>
  /** Notes that a target was told a fact. */
  noteSent(target: Pick<PushTarget, 'id' | 'runId'>, fact: string): Promise<void>
  /** False if the run has no such target. */
  delete(target: Pick<PushTarget, 'id' | 'runId'>): Promise<boolean>
}
