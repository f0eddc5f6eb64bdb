import type { ChangePlan, PlanProgress } from './plan.ts'
import type { Proof } from './proof.ts'

/** The states of a change set. `expired`, `rejected` and `rolled_back` are final. */
export const changeStatuses = [
  'pending',
  'approved',
  'applying',
  'applied',
  'migrating',
  'rolling_back',
  'rolled_back',
  'rejected',
  'expired',
] as const
/** The state of a change set, one of `changeStatuses`. */
export type ChangeStatus = (typeof changeStatuses)[number]

/** What the project was when a change set was made. Only this project may receive it. */
export interface ChangeBase {
  /** Identifies the folder of the workspace without telling its path. */
  readonly rootId: string
  /** The commit of HEAD; null where the folder is in no git repository. */
  readonly commit: string | null
  readonly schemaChecksum: string
  readonly migrationsChecksum: string
  /** SHA-256 of what PostgreSQL's catalog says; null where the change does not depend on it. */
  readonly structureChecksum: string | null
}

/** What a change set was asked as: edits of files, changes of the model, for which a migration was written, or steps of both. */
export const changeKinds = ['patch', 'codegen', 'plan'] as const
/** What a change set was asked as, one of `changeKinds`. */
export type ChangeKind = (typeof changeKinds)[number]

/** One statement of a migration, with what a person decides on. */
export interface MigrationStatement {
  readonly sql: string
  /** The strongest lock on a table that existed before; null if it takes none, or if that is unknown. */
  readonly lock: string | null
  /** True if it writes every row of a table anew; null if that is unknown. */
  readonly rewrites: boolean | null
  /** `shared` runs with the statement before it, `own` begins a transaction, `none` runs outside of any. */
  readonly transaction: 'shared' | 'own' | 'none'
  readonly note: string | null
}

/** Statements that run together: in one transaction, or a single one outside of any. */
export interface MigrationText {
  readonly isTransaction: boolean
  readonly sql: string
}

/** The migration that the files of a change set are. */
export interface ChangeMigration {
  readonly app: string
  readonly tool: string
  /** The names under which the tool lists it, in the order in which it runs them. */
  readonly names: readonly string[]
  /** What was asked for, as the request had it. */
  readonly changes: readonly unknown[]
  /** The SQL in the parts in which the tool runs it. */
  readonly up: readonly MigrationText[]
  /** The SQL that gives back the structure from before; null when that is not possible. */
  readonly down: readonly MigrationText[] | null
  readonly statements: readonly MigrationStatement[]
  /** The structure that the database must have afterwards: the checksum of its catalog. */
  readonly structureAfter: string
}

/** One file of a change set. Hashes are SHA-256 of the bytes, in lower-case hex; null means that there is no file. */
export interface ChangedFile {
  readonly path: string
  readonly mode: 'create' | 'replace' | 'delete'
  readonly before: string | null
  readonly after: string | null
}

/** The texts of a changed file; null means that there is no file. */
export interface ChangedText {
  readonly diff: string
  readonly original: string | null
  readonly content: string | null
}

/** The decision of a person about a change set. It counts only for the digest that the person saw. */
export interface ChangeDecision {
  readonly approved: boolean
  readonly reason: string | null
  readonly decidedBy: string | null
  readonly decidedAt: string
}

/** One step in the life of a change set, for the audit. It never has the contents of files. */
export interface ChangeEvent {
  readonly type:
    | 'previewed'
    | 'approved'
    | 'rejected'
    | 'apply_started'
    | 'applied'
    | 'apply_undone'
    | 'rollback_started'
    | 'rolled_back'
    | 'rollback_undone'
    | 'recovered'
    | 'migration_started'
    | 'migrated'
    | 'migration_reverted'
    | 'migration_failed'
    | 'plan_started'
    | 'plan_failed'
    | 'plan_completed'
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string
  /** When that began which ends with this event, where no other event says so: of a preview, which change sets of earlier versions do not know. */
  readonly startedAt?: string
  /** The id of the caller; null where `auth` names nobody. */
  readonly by: string | null
  readonly digest: string
  /** Why it came to this, in words that are safe to send. */
  readonly reason: string | null
}

/** Where the files of an open operation are: `checking` has touched none, `renaming` may have put some in their places. */
export interface ChangePhase {
  readonly name: 'checking' | 'renaming'
  /** The names of all attempts, by which each knows its temporary files. The last two are this attempt's, and its undoing's. */
  readonly tags: readonly string[]
  /** Folders that the operation created, the outer ones first. */
  readonly folders: readonly string[]
  /** The status to return to when the operation is undone. */
  readonly from: ChangeStatus
  /** The commit that the operation puts on its branch once all files are in their places; null where it makes none. */
  readonly commit: ChangeCommit | null
}

/** The commit that records an applied change set. */
export interface ChangeCommit {
  /** The name below `refs/heads/`. */
  readonly branch: string
  /** The id of the commit, in lower-case hex. */
  readonly id: string
}

/** The parts of a change set that change during its life. */
export interface ChangeState {
  readonly status: ChangeStatus
  readonly decision: ChangeDecision | null
  readonly events: readonly ChangeEvent[]
  /** Not null while the status is open. */
  readonly phase: ChangePhase | null
  /** Folders that were created for the files that are now in place. */
  readonly folders: readonly string[]
  /** How far the migration has come in the database; null while nobody has asked to run it. */
  readonly run: MigrationRun | null
  /** How far the last attempt to apply the plan has come; null while there was none. */
  readonly progress: PlanProgress | null
  /** The commit on the branch of the change set; null while there is none. */
  readonly commit: ChangeCommit | null
}

/** What became of the migration of a change set in the database. */
export interface MigrationRun {
  /** `drifted`: it ran, and the database is not as predicted. `failed`: a part of it may have run. */
  readonly status: 'running' | 'migrated' | 'drifted' | 'failed' | 'reverted'
  /** Why it failed, in words that are safe to send. */
  readonly message: string | null
  /** Where the database differs from what was predicted. */
  readonly drift: readonly string[]
  /** ISO 8601 UTC with milliseconds. */
  readonly at: string
}

/** A change set without the texts of its files. */
export interface ChangeSummary extends ChangeState {
  readonly id: string
  readonly tenant: string
  /** SHA-256 of canonical JSON of the base, the files with their texts, what they take away, the migration, its proof and the plan. */
  readonly digest: string
  readonly kind: ChangeKind
  /** Why the caller wants the change. */
  readonly reason: string | null
  /** SHA-256 of the canonical JSON of the request that it answers. */
  readonly requestHash: string
  readonly base: ChangeBase
  readonly files: readonly ChangedFile[]
  /** What the change takes away, in words: a file, most of its lines, a column. Empty when it takes nothing away. */
  readonly destructive: readonly string[]
  /** Null for a patch. */
  readonly migration: ChangeMigration | null
  /** Null for a patch whose types are not checked. */
  readonly proof: Proof | null
  /** Null unless the change set is a plan. */
  readonly plan: ChangePlan | null
  /** How many operations the request had, and what they said. */
  readonly operations: number
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
  readonly createdBy: string | null
  readonly createdAt: string
  readonly expiresAt: string
  /** Grows by one with every change of the state. It is a fencing token: a write with an older one is refused. */
  readonly version: number
}

/** A change to files that was computed once, and that is shown, decided on and written as it stands. */
export interface ChangeSet extends ChangeSummary {
  /** The texts of the files, in the order of `files`. */
  readonly texts: readonly ChangedText[]
}

/** The states in which an operation holds the folder, or did when its process ended. */
export const openStatuses: readonly ChangeStatus[] = ['applying', 'rolling_back', 'migrating']

/** Is an operation of this change set at work, or was it when its process ended? */
export function isOpen(status: ChangeStatus): boolean {
  return openStatuses.includes(status)
}
