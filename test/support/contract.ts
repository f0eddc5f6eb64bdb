import { expect, it } from 'vitest'
import type { ContractCase } from '../../src/testing/contracts/index.ts'

/** Runs the cases of a published contract as tests of their own. Call inside a `describe`. */
export function itKeeps(cases: readonly ContractCase[]): void {
  it.each(cases)('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })
}
