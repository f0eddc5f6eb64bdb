import { expect, it } from 'vitest'
import type { ContractCase } from '../../src/testing/contracts/index.ts'

/** Runs the cases of a published contract as tests of their own. Call inside a `describe`. */
export function itKeeps(cases: readonly ContractCase[]): void {
  const rows = cases.map(({ name, run }) => [name, run] as const)
  it.each(rows)('%s', async (_name, run) => {
    expect(await run()).toBeUndefined()
  })
}
