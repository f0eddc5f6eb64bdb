import type { Sql } from 'postgres'
import { defineAgent, Studio } from '../src/index.ts'
import { postgresStores } from '../src/postgres.ts'
import type { Stores } from '../src/storage/store.ts'
import { deltaModel, readAll } from './support/model.ts'
import { type DurableContext, type DurableTable, median, timed } from './support/report.ts'
import { createSession, post } from './support/requests.ts'

/** Measures what once grew with its neighbours: long sessions, lists beside large prompts, and a sweep over a long queue. */
export async function benchExtremes({ server, short }: DurableContext): Promise<DurableTable[]> {
  const { sql } = await server.createDatabase('extremes')
  const stores = postgresStores(sql)
  const agents = [defineAgent({ id: 'bench', model: deltaModel(1), maxHistory: 10 })]
  const studio = new Studio(agents, {
    stores,
    introspection: false,
    limits: { bodyBytes: 2_000_000 },
  })
  await studio.ready()
  const times = short ? 10 : 60
  const rows = [
    await measureSessions({ studio, sql, times, messages: short ? 2_000 : 60_000 }),
    await measureList(studio, times),
    await measureSweep({ stores, sql, times, queued: short ? 2_000 : 50_000 }),
  ]
  await studio.close()
  const title = 'What does not grow with its neighbours'
  return [{ title, rows, ok: rows.every(({ ok }) => ok) }]
}

interface Place {
  readonly sql: Sql
  readonly times: number
}

/** Runs in turn in a session with 10 messages and in one with many, with `maxHistory: 10`. */
async function measureSessions(place: Place & { studio: Studio; messages: number }) {
  const { studio, sql, times, messages } = place
  const run = async (sessionId: string) =>
    void (await readAll(
      await studio.fetch(post('/agents/bench/runs', { message: 'go', stream: true, sessionId })),
    ))
  const [small, large] = [await createSession(studio), await createSession(studio)]
  for (const sessionId of [small, large])
    for (let count = 0; count < 5; count++) await run(sessionId)
  await addMessages(sql, large, messages)
  const samples: Record<string, number[]> = { [small]: [], [large]: [] }
  for (let count = 0; count < times; count++) {
    for (const sessionId of [small, large]) {
      samples[sessionId]?.push(await timed(() => run(sessionId)))
    }
  }
  const [few, many] = [median(samples[small] ?? []), median(samples[large] ?? [])]
  return {
    what: `a run in a session of ${messages} messages, maxHistory 10`,
    value: `${many.toFixed(1)} ms, with 10 messages ${few.toFixed(1)} ms`,
    limit: '1.2 times, and 2 ms',
    ok: many <= few * 1.2 + 2,
  }
}

/** Repeats the messages of a session behind themselves, up to this number. */
async function addMessages(sql: Sql, sessionId: string, messages: number): Promise<void> {
  await sql`
    insert into studio.run_messages (run_id, index, turn, message, session_id, position)
    select m.run_id, 1000 + n, m.turn, m.message, m.session_id, s.message_count + n
    from generate_series(0, ${messages}::integer - 11) n
    join studio.sessions s on s.id = ${sessionId}
    join studio.run_messages m on m.session_id = s.id and m.position = n % 2`
  await sql`update studio.sessions set message_count = ${messages} where id = ${sessionId}`
  await sql`analyze`
}

/** Lists 100 runs whose prompts have 900 kB each. */
async function measureList(studio: Studio, times: number) {
  const message = 'x'.repeat(900_000)
  for (let count = 0; count < 100; count++) {
    await readAll(await studio.fetch(post('/agents/bench/runs', { message, stream: true })))
  }
  const samples: number[] = []
  for (let count = 0; count < times; count++) {
    const request = new Request('http://studio.test/runs?limit=100')
    samples.push(await timed(async () => (await studio.fetch(request)).text()))
  }
  const ms = median(samples)
  return {
    what: 'GET /runs?limit=100 with prompts of 900 kB',
    value: `${ms.toFixed(1)} ms`,
    limit: '20 ms',
    ok: ms <= 20,
  }
}

/** Looks for work while one session has a running run and a long queue behind it. */
async function measureSweep(place: Place & { stores: Stores; queued: number }) {
  const { stores, sql, times, queued } = place
  await sql`
    insert into studio.sessions (id, tenant, agent_id, created_at, updated_at, open_runs)
    values ('long queue', '', 'bench', now(), now(), ${queued + 1})`
  await sql`
    insert into studio.runs (id, tenant, agent_id, session_id, trace_id, status, epoch, owner, lease_until, created_at, input, usage)
    select 'queued ' || n, '', 'bench', 'long queue', 'queued ' || n, case when n = 0 then 'running' else 'queued' end,
      1, case when n = 0 then 'an instance' end, case when n = 0 then now() + interval '1 hour' end, now(), '{}', '{}'
    from generate_series(0, ${queued}::integer) n`
  await sql`analyze`
  const agents = new Map([['bench', {}]]) as unknown as Parameters<Stores['runs']['due']>[1]
  const samples: number[] = []
  const first = await timed(() => stores.runs.due(10, agents)) // it looks at all queued runs, once a minute
  for (let count = 0; count < times; count++) {
    samples.push(await timed(() => stores.runs.due(10, agents)))
  }
  const ms = median(samples)
  return {
    what: `a sweep with ${queued} queued runs`,
    value: `${ms.toFixed(1)} ms; all queued runs, once a minute: ${first.toFixed(0)} ms`,
    limit: '5 ms',
    ok: ms <= 5,
  }
}
