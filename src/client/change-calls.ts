import { StudioClientError } from './error.ts'
import { listPages, type PageOptions } from './pages.ts'
import { type Call, type CallOptions, segment } from './send.ts'
import type { ChangeInfo, ChangeConflict, ChangeSummaryInfo, PatchBody, PatchInfo } from './wire.ts'

/** Filters of the list of change sets. */
export interface ChangeFilter extends PageOptions {
  readonly status?: ChangeInfo['status']
}

/** A change set as a person saw it: an answer with it, or its id and digest alone. */
export type ShownChange = Pick<ChangeInfo, 'id' | 'digest'>

/** A person's decision about a change set. */
export interface ChangeVerdict {
  readonly approved: boolean
  readonly reason?: string | undefined
}

const intent = { 'x-ai-apply': 'true' }

/** The calls about change sets. */
export function changeCalls(call: <T>(path: string, call?: Call) => Promise<T>) {
  const pathOf = (id: string) => `/ai/changes/${segment(id)}`
  return {
    /** Computes what edits of files would change, as a change set. No file is written. */
    preview: async (body: PatchBody, { signal }: CallOptions = {}) =>
      call<PatchInfo>('/ai/patch/preview', { method: 'POST', body, signal }),
    /** Lists change sets, the latest first, without the texts of their files. */
    list: (filter: ChangeFilter = {}) =>
      listPages<ChangeSummaryInfo>(call, '/ai/changes', 'changes', filter),
    get: async (id: string, { signal }: CallOptions = {}) =>
      call<ChangeInfo>(pathOf(id), { signal }),
    /** Approves or rejects exactly what was shown. The same decision again is accepted. */
    decide: async (
      { id, digest }: ShownChange,
      verdict: ChangeVerdict,
      { signal }: CallOptions = {},
    ) =>
      call<ChangeInfo>(`${pathOf(id)}/decision`, {
        method: 'POST',
        body: { ...verdict, expected_digest: digest },
        signal,
      }),
    /** Writes the files exactly as they were shown, all of them or none. */
    apply: async ({ id, digest }: ShownChange, { signal }: CallOptions = {}) =>
      call<PatchInfo>('/ai/patch/apply', {
        method: 'POST',
        body: { change_set: id, expected_digest: digest },
        headers: intent,
        signal,
      }),
    /** Restores the files of an applied change set, all of them or none. */
    rollBack: async (id: string, { signal }: CallOptions = {}) =>
      call<ChangeInfo>(`${pathOf(id)}/rollback`, { method: 'POST', headers: intent, signal }),
  }
}

/**
 * Returns why the state of a change set did not allow a call, as the 409 says it; null for every other error.
 *
 * @example
 * const conflict = conflictOf(error)
 * if (conflict?.reason === 'changed_since_preview') console.log('Preview again:', conflict.files)
 */
export function conflictOf(error: unknown): ChangeConflict | null {
  if (!(error instanceof StudioClientError) || error.status !== 409) return null
  const { reason } = (error.details ?? {}) as { readonly reason?: unknown }
  return typeof reason === 'string' ? (error.details as ChangeConflict) : null
}
