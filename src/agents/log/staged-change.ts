import type { RunChange } from '../../storage/store.ts'

/** What a change adds while it waits for the next write. */
export type StagedChange = Omit<RunChange, 'entries' | 'release' | 'approvals'>

/** Adds a later change to a staged one. */
export function mergeChange(staged: StagedChange, change: RunChange): RunChange {
  const messages = [...(staged.messages ?? []), ...(change.messages ?? [])]
  const toolCalls = [...(staged.toolCalls ?? []), ...(change.toolCalls ?? [])]
  return { ...staged, ...change, messages, toolCalls }
}
