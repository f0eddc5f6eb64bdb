import { StudioError } from '../../errors.ts'
import { redactText } from '../../lib/redact.ts'
import type { ChangeBase, ChangeCommit, ChangeSet } from '../../records/change.ts'
import type { CommitFile, WorkspaceFiles } from '../workspace.ts'
import type { Draft } from './draft.ts'
import type { OperationKind } from './steps.ts'

/** The longest first line of a message, in characters. */
const maxSubject = 72

/** @throws StudioError with this code when the workspace commits change sets and these files cannot be committed. */
export async function requireCommittable(
  { branches }: Pick<WorkspaceFiles, 'branches'>,
  { base, draft }: { readonly base: ChangeBase; readonly draft: Pick<Draft, 'files' | 'texts'> },
  code: 'unprocessable' | 'conflict',
): Promise<void> {
  if (!branches.isOn) return
  const refusal = await branches.check(base.commit, toCommitFiles(draft))
  if (!refusal) return
  const { reason, message, files } = refusal
  throw new StudioError(code, message, { details: { reason, files } })
}

/**
 * Writes the commit of a change set, if the workspace commits them. No branch has it yet.
 *
 * @throws StudioError `conflict` when the files cannot be committed, `unavailable` when git fails.
 */
export async function writeCommit(
  workspace: Pick<WorkspaceFiles, 'branches'>,
  change: ChangeSet,
): Promise<ChangeCommit | null> {
  const { branches } = workspace
  const { id, base, decision, createdAt } = change
  if (!branches.isOn) return null
  await requireCommittable(workspace, { base, draft: change }, 'conflict')
  const commit = await branches.write({
    base: base.commit ?? '', // `requireCommittable` needs one
    files: toCommitFiles(change),
    message: toMessage(change),
    authoredAt: createdAt,
    committedAt: decision?.decidedAt ?? createdAt,
  })
  return { branch: `studio/${id}`, id: commit }
}

/**
 * Makes the branch of a change set whose files are in place, or deletes it when they were rolled back. Resolves to the commit that is
 * on the branch then; null where there is none.
 */
export async function moveBranch(
  { branches }: Pick<WorkspaceFiles, 'branches'>,
  { phase, commit }: Pick<ChangeSet, 'phase' | 'commit'>,
  direction: OperationKind,
): Promise<ChangeCommit | null> {
  if (direction === 'rollback') {
    return commit && !(await branches.remove(commit.branch, commit.id)) ? commit : null
  }
  const made = phase?.commit ?? null
  if (made) await branches.create(made.branch, made.id)
  return made
}

/** Undoes `moveBranch`. A branch that others have moved on is left as it is. */
export async function moveBranchBack(
  { branches }: Pick<WorkspaceFiles, 'branches'>,
  { phase, commit }: Pick<ChangeSet, 'phase' | 'commit'>,
  direction: OperationKind,
): Promise<void> {
  if (direction === 'apply') {
    if (phase?.commit) await branches.remove(phase.commit.branch, phase.commit.id)
    return
  }
  if (!commit) return
  try {
    await branches.create(commit.branch, commit.id)
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'conflict')) throw error
  }
}

/** What the history says of a branch that was not deleted. */
export function describeKept(kept: ChangeCommit | null, direction: OperationKind): string | null {
  if (direction === 'apply' || !kept) return null
  return `The branch ${kept.branch} has other commits or is checked out, so it was not deleted`
}

function toCommitFiles({ files, texts }: Pick<Draft, 'files' | 'texts'>): CommitFile[] {
  return files.map(({ path }, index) => {
    const { original = null, content = null } = texts[index] ?? {}
    return { path, original, content }
  })
}

/** The last paragraph has the trailers. Everything that a caller wrote is on a line that begins with a word of ours. */
function toMessage({ id, digest, reason, files, createdBy, decision }: ChangeSet): string {
  const said = toOneLine(reason ?? '')
  const count = files.length === 1 ? 'Change 1 file' : `Change ${files.length} files`
  const subject = `studio: ${said === '' ? count : said}`
  const isLong = subject.length > maxSubject
  const first = isLong ? `${[...subject].slice(0, maxSubject - 1).join('')}…` : subject
  const trailers = [
    `Change-Set: ${id}`,
    `Change-Digest: ${digest}`,
    ...(createdBy === null ? [] : [`Requested-by: ${toOneLine(createdBy)}`]),
    ...(decision?.decidedBy ? [`Approved-by: ${toOneLine(decision.decidedBy)}`] : []),
  ]
  return [first, ...(isLong ? [`Reason: ${said}`] : []), trailers.join('\n')].join('\n\n') + '\n'
}

/** The message stays in the history for good, so secrets of known forms are left out. */
function toOneLine(text: string): string {
  return redactText(text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim())
}
