import type { TypeProof } from '../records/proof.ts'

/** Why a file may not be read or written by a change set; the names are those of the wire. */
export type FileRefusal = 'path_outside_project' | 'protected_file' | 'invalid_operation'

/** What a workspace found at a path: a text, no file (`content` is null), or a reason why it may not be touched. */
export type Inspection =
  | { readonly path: string; readonly content: string | null; readonly hash: string | null }
  | { readonly path: string; readonly refusal: FileRefusal; readonly message: string }

/** One file to put in its place: it must have the bytes of hash `from`, and will have those of `to`. Null means no file. */
export interface FileStep {
  readonly path: string
  readonly from: string | null
  readonly to: string | null
  /** The text of hash `to`; null removes the file. */
  readonly content: string | null
}

/** A file as it is, and as it will be. Null means that there is no file. */
export interface CommitFile {
  readonly path: string
  readonly original: string | null
  readonly content: string | null
}

/** Why files cannot be committed on a commit, with the files at fault. */
export interface CommitRefusal {
  readonly reason: 'no_repository' | 'not_committed' | 'branch_taken'
  readonly message: string
  readonly files: readonly string[]
}

/** A commit to be made. Equal requests make equal commits. Times are ISO 8601. */
export interface CommitRequest {
  /** The id of its one parent. */
  readonly base: string
  readonly files: readonly CommitFile[]
  readonly message: string
  readonly authoredAt: string
  readonly committedAt: string
}

/**
 * Records change sets as commits on branches of their own. HEAD, the index and the other branches are never touched, no hook runs,
 * and nothing is pushed.
 *
 * @see docs/decisions/197-a-change-set-has-a-branch.md
 */
export interface WorkspaceBranches {
  /** True if change sets are committed when they are applied. */
  readonly isOn: boolean
  /** Resolves to why the files cannot be committed on `base`, or to null. */
  check(base: string | null, files: readonly CommitFile[]): Promise<CommitRefusal | null>
  /** Writes a commit and resolves to its id. No branch has it yet. @throws StudioError `unavailable`. */
  write(request: CommitRequest): Promise<string>
  /** Makes a branch for a commit; the same again is fine. @throws StudioError `conflict` when it has another commit. */
  create(branch: string, id: string): Promise<void>
  /**
   * Deletes a branch whose tip is still this commit, unless a work tree has it checked out. Resolves to true when there is no
   * such branch afterwards, to false when it was left alone.
   */
  remove(branch: string, id: string): Promise<boolean>
}

/**
 * Reads and writes the files of a project that change sets may touch. Paths are relative and have `/` between their segments.
 *
 * @see docs/decisions/178-files-are-renamed-into-place.md
 */
export interface WorkspaceFiles {
  /** Resolves to what identifies the folder without telling its path. */
  identify(): Promise<string>
  /**
   * Resolves to the path of a folder of the host, as change sets spell it, or to null where the folder is not below the root. Links
   * are followed, and the folder need not exist; the root itself is the empty text.
   */
  place(folder: string | URL): Promise<string | null>
  /** Resolves to the commit of HEAD, or to null where the folder is in no git repository. */
  commit(): Promise<string | null>
  readonly branches: WorkspaceBranches
  /**
   * Checks the types of changed files on texts in memory; it never rejects. Null where types are not checked.
   *
   * @see docs/decisions/198-types-are-checked-in-a-worker.md
   */
  readonly checkTypes: ((files: readonly CommitFile[]) => Promise<TypeProof>) | null
  /** Resolves to one finding for each path, in their order. It never follows a link. */
  inspect(paths: readonly string[]): Promise<readonly Inspection[]>
  /**
   * Resolves to the hash of each file, allowed or not, in their order: null where there is none, undefined where something else
   * than a file is.
   */
  hashes(paths: readonly string[]): Promise<readonly (string | null | undefined)[]>
  /** Runs a task while no other task of this process has the folder. */
  exclusive<T>(task: () => Promise<T>): Promise<T>
  /** Resolves to the folders that the steps need and that do not exist, the outer ones first. */
  missing(steps: readonly FileStep[]): Promise<readonly string[]>
  /** Writes the texts beside their places, into files whose names have the tag, and creates the folders that are missing. */
  stage(tag: string, steps: readonly FileStep[]): Promise<void>
  /**
   * Puts what `stage` wrote in its place, one file after the other, and leaves files alone that have the bytes of `to`
   * already. Before each file it calls `mayGoOn`, which throws to stop.
   */
  settle(tag: string, steps: readonly FileStep[], mayGoOn: () => void): Promise<void>
  /** Removes what `stage` wrote with this tag and `settle` did not use, and those of these folders that are empty. */
  clear(tag: string, steps: readonly FileStep[], folders: readonly string[]): Promise<void>
}

/**
 * The files that change sets may write, with the endpoints that write them; `nodeWorkspace` of `fetch-studio/node` makes it. A
 * studio without one has neither the code nor the endpoints (docs/decisions/182-a-workspace-brings-its-endpoints.md).
 */
export interface Workspace {
  readonly files: WorkspaceFiles
  /** Builds the endpoints of a studio. Only `Studio` calls it. */
  readonly serve: (host: never) => unknown
}

/** The largest file that a change set may hold, in bytes of UTF-8, before and after. */
export const maxFileBytes = 1024 * 1024

/** The most files of one change set. */
export const maxFiles = 50
