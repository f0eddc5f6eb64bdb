import { StudioClientError } from './error.ts'
import { listPages, type PageOptions } from './pages.ts'
import { type Call, type CallOptions, segment } from './send.ts'
import type {
  ChangeConflict,
  ChangeInfo,
  ChangeSummaryInfo,
  ModelChangeBody,
  ModelChangeInfo,
  PatchBody,
  PatchInfo,
} from './wire.ts'

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

const headers = { 'x-ai-apply': 'true' }

/** How the migration of a change set runs. */
export interface MigrateOptions extends CallOptions {
  /** `down` takes back what `up` has done, where `migration.reversible` is true. @default 'up' */
  readonly direction?: 'up' | 'down'
}

/** The calls about change sets. */
export function changeCalls(call: <T>(path: string, call?: Call) => Promise<T>) {
  const pathOf = (id: string) => `/ai/changes/${segment(id)}`
  const post = <T = ChangeInfo>(path: string, given: Call) =>
    call<T>(path, { method: 'POST', ...given })
  return {
    /** Computes what edits of files would change, as a change set. No file is written. */
    preview: async (body: PatchBody, { signal }: CallOptions = {}) =>
      post<PatchInfo>('/ai/patch/preview', { body, signal, timeoutMs: 180_000 }), // a type check alone has 60 s
    /**
     * Computes the migration that changes of the tables need, as a change set. No file is written and nothing runs on the
     * database.
     */
    previewModel: async (body: ModelChangeBody, { signal }: CallOptions = {}) =>
      post<ModelChangeInfo>('/ai/codegen/preview', { body, signal, timeoutMs: 180_000 }), // a trial alone has 60 s
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
    ) => post(`${pathOf(id)}/decision`, { body: { ...verdict, expected_digest: digest }, signal }),
    /** Writes the files exactly as they were shown, all of them or none. */
    apply: async ({ id, digest }: ShownChange, { signal }: CallOptions = {}) =>
      post(`${pathOf(id)}/apply`, { body: { expected_digest: digest }, headers, signal }),
    /**
     * Runs the migration of an applied change set in the database, or takes it back; `migration.run` of the answer says what
     * became of it. The studio ends it after `changes.migrateMs`, so the call has no limit; it goes on when the call is aborted. A migration that fails is an error 422 whose
     * `details.change_set` is the change set.
     */
    migrate: async (
      { id, digest }: ShownChange,
      { direction = 'up', signal }: MigrateOptions = {},
    ) =>
      post(`${pathOf(id)}/migrate`, {
        body: { expected_digest: digest, direction },
        headers,
        signal,
        timeoutMs: Infinity,
      }),
    /** Restores the files of an applied change set, all of them or none. */
    rollBack: async (id: string, { signal }: CallOptions = {}) =>
      post(`${pathOf(id)}/rollback`, { headers, signal }),
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
