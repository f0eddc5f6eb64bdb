/** Names a response: what a run does from its start, or after it waited for people, until it ends or waits. */
export interface ResponseRef {
  readonly runId: string
  /** The number of the event with which the run began to wait; -1 for the first response of a run. */
  readonly after: number
}

/**
 * Writes the id by which clients name a response.
 *
 * @see docs/decisions/213-a-response-is-a-part-of-a-run.md
 */
export function toResponseId({ runId, after }: ResponseRef): string {
  return after < 0 ? `resp_${runId}` : `resp_${runId}_${after}`
}

/** Returns null for a text that is no id of a response. */
export function parseResponseId(id: string): ResponseRef | null {
  const [, runId, after] = /^resp_([^_]{1,200})(?:_(\d{1,15}))?$/.exec(id) ?? []
  return runId === undefined ? null : { runId, after: after === undefined ? -1 : Number(after) }
}

/** Returns the id of an item of a response. It names the run, so that a client can refer to it. */
export function toItemId(prefix: string, runId: string, number: number): string {
  return `${prefix}_${runId}_${number}`
}

/** Returns the run that an item of a response belongs to; null for any other text. */
export function parseItemId(id: string): string | null {
  return /^(?:msg|rs|mcp)_([^_]{1,200})_\d{1,16}$/.exec(id)?.[1] ?? null
}
