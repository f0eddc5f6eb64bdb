import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonStores } from '../../examples/json-store/stores.ts'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { itKeeps } from '../support/contract.ts'
import { createTestStudio } from '../support/studio.ts'

let folder: string
let files = 0
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'json-store-'))))
afterAll(() => rm(folder, { recursive: true }))
const newPath = () => join(folder, `${files++}.json`)

describe('jsonStores of the example', () => {
  itKeeps(
    storesContract(() => {
      const clock = fixedClock()
      return { stores: jsonStores(newPath(), clock), clock }
    }),
  )

  it('runs an agent and still knows the run after a restart', async () => {
    const path = newPath()
    const { startRun, runIn } = await createTestStudio({
      stores: jsonStores(path),
      turns: ['hello'],
    })
    const runId = await startRun('hi')
    await runIn(runId, 'succeeded')
    expect(await jsonStores(path).runs.get('', runId)).toMatchObject({ output: 'hello' })
  })
})

it('the guide shows the contract test of the example as it is', async () => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
  const [guide, test] = await Promise.all([
    read('docs/guides/write-a-store.md'),
    read('examples/json-store/contract.test.ts'),
  ])
  expect(guide).toContain(`\`\`\`ts\n${test}\`\`\``)
})
