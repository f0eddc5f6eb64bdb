import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fixedClock } from 'fetch-studio/testing'
import { storesContract } from 'fetch-studio/testing/contracts'
import { jsonStores } from './stores.ts'

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'json-store-'))
  const clock = fixedClock()
  return {
    stores: jsonStores(join(folder, 'studio.json'), clock),
    clock,
    close: () => rm(folder, { recursive: true }),
  }
}

for (const { name, run } of storesContract(open)) test(name, run)
