'use client'

export { useApprovals } from './react/use-approvals.ts'
export type { ApprovalsHandle, ApprovalsOptions } from './react/use-approvals.ts'
export { useRun } from './react/use-run.ts'
export type { RunHandle } from './react/use-run.ts'
export type { RunView } from './react/run-view.ts'
export { useSession } from './react/use-session.ts'
export type { SessionHandle, SessionView } from './react/use-session.ts'
