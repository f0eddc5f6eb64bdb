import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import type { StreamedEvent } from '../../src/client.ts'
import { killOne } from '../client/matrix/servers.ts'
import { type FleetConsole, openFleetConsole } from '../support/console-fleet.ts'

it('a run goes on in the page when its instance is killed, without a doubled or a lost event', async () => {
  const { page, go, fleet, client } = await openFleetConsole()
  const [, other] = fleet.instances
  other?.pause() // it could claim the run first
  const message = JSON.stringify({ turns: [{ deltas: 24, paceMs: 500, calls: [] }] })
  const { id } = await client.runs.start('campaign', { message })
  await go(`/runs/${id}`)
  await page.locator('.transcript .assistant', { hasText: '1.5 ' }).waitFor()
  other?.resume()
  await killOne(fleet)
  await page.getByText('Attempt 2 of this turn').waitFor()
  await page.locator('.transcript .assistant', { hasText: '1.23' }).waitFor()
  const expected = Array.from({ length: 24 }, (_, index) => `1.${index}`).join(' ')
  expect(await page.locator('.transcript .assistant').allInnerTexts()).toEqual([expected])

  const events: StreamedEvent[] = []
  for await (const event of client.runs.follow(id)) events.push(event)
  await go(`/runs/${id}?tab=log&deltas=1`)
  await expect
    .poll(() => page.getByRole('table').getAttribute('aria-rowcount'))
    .toBe(String(events.length + 1))
}, 180_000)

it('a decision whose instance is killed before it is stored is offered again, and one click finishes it', async () => {
  const opened = await openFleetConsole()
  const { page, fleet, sql } = opened
  const runId = await openApproval(opened)
  const hold = await holdDecision(sql, 'update')
  await page.getByRole('button', { name: 'Approve' }).click()
  const backend = await hold.reached()
  await fleet.up()[0]?.kill()
  await sql`select pg_terminate_backend(${backend})` // as PostgreSQL does when it notices that the client is gone
  await hold.release()
  await page.getByText('may not have been stored; sending it again does no harm').waitFor()
  expect(await readApproval(sql, runId)).toEqual({ status: 'pending', reason: null })
  expect(await page.getByLabel('Reason').inputValue()).toBe('The parcel was damaged')
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByText('Approved refund.').waitFor()
  await expectOneRefund(opened, runId)
}, 180_000)

it('a decision whose instance is killed after it was stored is shown as decided, and takes effect once', async () => {
  const opened = await openFleetConsole()
  const { page, fleet, sql } = opened
  const runId = await openApproval(opened)
  const hold = await holdDecision(sql, 'commit')
  await page.getByRole('button', { name: 'Approve' }).click()
  await hold.reached()
  const [instance] = fleet.up()
  instance?.pause() // it sees nothing of what the store does from now on
  await hold.release()
  await expect.poll(async () => (await readApproval(sql, runId))?.status).toBe('approved')
  await instance?.kill()
  await page.getByText('It is decided as you chose.').waitFor()
  await page.getByText('The parcel was damaged').waitFor()
  expect(await page.getByText('decided elsewhere').count()).toBe(0)
  await expectOneRefund(opened, runId)
}, 180_000)

/** Starts a run that asks for a refund, opens the question and types a reason. Returns the id of the run. */
async function openApproval({ page, go, client }: FleetConsole): Promise<string> {
  const turn = { deltas: 1, paceMs: 0, calls: [{ tool: 'refund', ms: 0 }] }
  const { id } = await client.runs.start('campaign', { message: JSON.stringify({ turns: [turn] }) })
  await go('/approvals')
  await page.getByRole('link', { name: 'refund' }).click()
  await page.getByLabel('Reason').fill('The parcel was damaged')
  return id
}

/** Holds the next decision inside of PostgreSQL: before its row changes, or when the change is committed. */
async function holdDecision(sql: Sql, point: 'update' | 'commit') {
  if (point === 'commit') {
    await sql.unsafe(`
      create function hold() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock_shared(1); return null; end $$;
      create constraint trigger hold after update on studio.approvals
        deferrable initially deferred for each row execute function hold()`)
  }
  const session = await sql.reserve()
  await session`begin`
  if (point === 'update') await session`lock table studio.approvals in share mode`
  else await session`select pg_advisory_xact_lock(1)`
  const find = async () => {
    const [row] = await sql`select pid from pg_stat_activity where wait_event_type = 'Lock'
      and datname = current_database() and query like '%decision_reason%'`
    return Number(row?.['pid'] ?? 0)
  }
  return {
    /** Resolves to the process id of the connection that waits. */
    async reached(): Promise<number> {
      await expect.poll(find).toBeGreaterThan(0)
      return find()
    },
    async release(): Promise<void> {
      await session`rollback`
      session.release()
    },
  }
}

async function readApproval(sql: Sql, runId: string) {
  const [row] = await sql<{ status: string; reason: string | null }[]>`
    select status, decision_reason as reason from studio.approvals where run_id = ${runId}`
  return row
}

/** Waits for the end of the run, in which the other instance called the tool once. */
async function expectOneRefund({ client, sql }: FleetConsole, runId: string): Promise<void> {
  await client.runs.follow(runId).final()
  expect(await readApproval(sql, runId)).toEqual({
    status: 'approved',
    reason: 'The parcel was damaged',
  })
  const calls = await sql`select tool, instance from tool_executions where run_id = ${runId}`
  expect(calls.map(({ tool, instance }) => [tool, instance])).toEqual([['refund', 'i2']])
}
