import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { telemetry } from '../../src/telemetry.ts'
import { webhooks } from '../../src/webhooks.ts'
import { attributesOf, spansOf } from '../support/otlp.ts'
import { describePostgres } from '../support/postgres.ts'
import { printedMatch } from '../support/printed-line.ts'
import { startSink } from '../support/sink.ts'
import { createTestStudio, eventually } from '../support/studio.ts'

const secret = `whsec_${btoa('a secret of twenty-four!')}`
const root = resolve(import.meta.dirname, '../..')

describePostgres('a process that is killed after its runs ended', (postgres) => {
  it('nothing is lost: the next process exports and delivers every run', async () => {
    const { sql, url } = await postgres.createDatabase()
    const silent = await startSink(() => null)
    const child = spawn(
      process.execPath,
      ['scripts/run-ts.mjs', 'test/outbound/mortal-program.ts'],
      {
        cwd: root,
        env: { ...process.env, DATABASE_URL: url, SINK_URL: silent.url, SECRET: secret, RUNS: '6' },
      },
    )
    await printedMatch(child, /all runs ended/)
    child.kill('SIGKILL')
    await once(child, 'close')

    // What the dead process had claimed is due when its lease ends; the test does not wait for it.
    await sql`update studio.outbox set due_at = now()`
    const sink = await startSink()
    const { studio } = await createTestStudio({
      stores: postgresStores(sql),
      clock: { now: () => Date.now() },
      telemetry: telemetry({ otlp: { url: sink.url } }),
      webhooks: webhooks([{ url: `${sink.url}/hook`, secret, name: 'mine' }]),
    })
    await eventually(async () => {
      await studio.tick()
      const runs = spansOf(sink.at('/v1/traces')).map(
        (span) => attributesOf(span)['fetch_studio.run.id'],
      )
      expect(new Set(runs).size).toBe(6)
      expect(new Set(sink.at('/hook').map(({ headers }) => headers['webhook-id'])).size).toBe(6)
    })
    await eventually(async () => {
      const rows =
        await sql`select status, count(*)::integer as count from studio.outbox group by 1`
      expect([...rows]).toEqual([{ status: 'delivered', count: 6 }])
    })
  }, 60_000)
})
