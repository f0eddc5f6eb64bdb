import type { Step } from './migration-steps.ts'

/** What a person should know about a tool that builds indexes inside of a transaction. */
export function noteIndexes(tool: string, steps: readonly Step[]): string[] {
  if (steps.every(({ isTransaction }) => isTransaction)) return []
  return [
    `${tool} runs a migration in a transaction: indexes are built without CONCURRENTLY, and nobody writes to the table meanwhile`,
  ]
}

/** What a person should know about steps that cannot be taken back. */
export function noteIrreversible(steps: readonly Step[]): string[] {
  return steps.some(({ down }) => down === null)
    ? ['It cannot be undone: a rollback fails, on purpose']
    : []
}
