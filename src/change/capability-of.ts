import type { ChangeKind } from '../records/change.ts'

/** The capability that each kind of change set needs. */
export const capabilityOf = {
  patch: 'ai_patch',
  codegen: 'ai_codegen',
  plan: 'ai_planner',
} as const satisfies Readonly<Record<ChangeKind, string>>
