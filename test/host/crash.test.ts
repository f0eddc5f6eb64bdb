import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { describePostgres } from '../support/postgres.ts'
import { printedMatch } from '../support/printed-line.ts'
import { createTestStudio } from '../support/studio.ts'
import { createShop, hostSupport } from './hosted-agents.ts'

const root = resolve(import.meta.dirname, '../..')

describePostgres('a hosted agent whose process is killed', (postgres) => {
  it('continues in another process when a person has approved, and repeats no tool', async () => {
    const { sql, url } = await postgres.createDatabase()
    const child = spawn(process.execPath, ['scripts/run-ts.mjs', 'test/host/mortal-program.ts'], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: url },
    })
    const [, runId = ''] =
      /run (\S+) waits/.exec(await printedMatch(child, /run \S+ waits after 1 call/)) ?? []
    child.kill('SIGKILL')
    await once(child, 'close')

    const { tools, calls } = createShop()
    const { agent, model } = hostSupport(['Refunded.'], { tools })
    const { pendingApprovals, decide, runIn } = await createTestStudio({
      stores: postgresStores(sql),
      clock: { now: () => Date.now() },
      agents: [agent],
    })
    const [approvalId = ''] = await pendingApprovals()
    await decide(approvalId, { approved: true, input: { orderId: 'A1', cents: 4_000 } })
    await runIn(runId, 'succeeded')
    expect(calls).toMatchObject([{ what: 'refund', input: { orderId: 'A1', cents: 4_000 } }])
    expect(JSON.stringify(model.calls[0]?.prompt)).toMatch(/delivered.*refunded 4000/)
    expect(model.calls).toHaveLength(1)
  }, 60_000)
})
