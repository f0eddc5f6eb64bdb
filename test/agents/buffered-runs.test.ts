import { describe, expect, it } from 'vitest'
import { createTestStudio } from '../support/studio.ts'
import { storeKinds } from '../support/stores.ts'

describe.each(storeKinds)('a buffered run on $name stores', (store) => {
  it('works', async () => {
    const { run, failures } = await createTestStudio({ store, turns: ['hello'] })
    expect(await run('hi')).toMatchObject({ status: 200, body: { output: 'hello' } })
    expect(failures).toEqual([])
  })
  it('streams', async () => {
    const { runStream, failures } = await createTestStudio({ store, turns: ['hello'] })
    console.log(await (await runStream('hi')).rest())
    expect(failures).toEqual([])
  })
})
