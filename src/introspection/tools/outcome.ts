import type { Json } from '../../lib/json.ts'

/** The result of a tool call. `status` is the application's; null if it was not called or did not answer. */
export interface ToolOutcome {
  readonly isError: boolean
  readonly status: number | null
  readonly result: Json
}
