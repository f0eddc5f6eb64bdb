import { expect, it } from 'vitest'
import { Studio } from '../../../src/index.ts'

it('work refuses stores in memory, which hold nothing that another process accepted', async () => {
  await expect(new Studio([]).work()).rejects.toThrow(/postgresStores/)
})
