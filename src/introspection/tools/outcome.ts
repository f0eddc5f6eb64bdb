import type { Json } from '../../lib/json.ts'

/** What came of a call. `status` is the application's, null where it was not asked or did not answer. */
export interface ToolOutcome {
  readonly isError: boolean
  readonly status: number | null
  readonly result: Json
}
