import postgresJs, { type Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import type { Stores } from '../../src/storage/store.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  claimRun,
  logEntries,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

const postgres = withPostgres()
let url: string
let admin: Sql
beforeAll(async () => {
  ;({ url, sql: admin } = await postgres.createDatabase())
  await postgresStores(admin).ready?.()
})

const shout = (text: string) => text.toUpperCase()
const textTypes = {
  to: 25,
  from: [25, 114, 3802, 1184, 20, 23, 16],
  parse: shout,
  serialize: shout,
}

const pools: Record<string, postgresJs.Options<Record<string, postgresJs.PostgresType>>> = {
  'transform: postgres.camel': { transform: postgresJs.camel },
  'transform: postgres.pascal': { transform: postgresJs.pascal },
  'a transform of values': {
    transform: { value: { from: (value: unknown) => value ?? undefined } },
  },
  'a transform of rows': { transform: { row: { from: () => ({ nothing: true }) } } },
  'a transform of undefined': { transform: { undefined: null } },
  'parsers and serializers of every type': { types: { text: textTypes } },
  'bigint as BigInt': { types: { bigint: postgresJs.BigInt } },
  'no fetched types': { fetch_types: false },
  'one connection': { max: 1 },
  'odd formats': {
    connection: {
      DateStyle: 'German, DMY',
      IntervalStyle: 'sql_standard',
      timezone: 'Pacific/Chatham',
      bytea_output: 'escape',
      extra_float_digits: '-15',
      quote_all_identifiers: 'on',
    } as never,
  },
  'another search path': { connection: { search_path: 'information_schema' } },
  'serializable transactions': { connection: { default_transaction_isolation: 'serializable' } },
  'repeatable reads': { connection: { default_transaction_isolation: 'repeatable read' } },
}

it.each(Object.entries(pools))('a pool with %s changes nothing', async (_name, options) => {
  const stores = postgresStores(postgres.openPool(url, options as never))
  const tenant = crypto.randomUUID()
  const session = await stores.sessions.create(newSession({ tenant, metadata: { user_id: 'a_b' } }))
  expect(session.metadata).toEqual({ user_id: 'a_b' })
  const ref = await startRun(stores, { tenant, sessionId: session.id })
  const call = newToolCall({ state: 'done', result: [{ type: 'text', text: 'snake_case' }] })
  await stores.runs.commit(ref, {
    entries: logEntries(0, 3),
    messages: [promptOf('hi_there'), answerOf('hello_you')],
    turn: newTurn(),
    toolCalls: [call],
  })
  await stores.runs.commit(ref, { release: succeed })
  const plain = postgresStores(admin)
  expect(await stores.runs.get(tenant, ref.runId)).toEqual(await plain.runs.get(tenant, ref.runId))
  expect(await stores.runs.journals([ref.runId])).toEqual(await plain.runs.journals([ref.runId]))
  expect(await stores.runs.readLog(ref.runId, -1, 9)).toEqual(logEntries(0, 3))
  const page = { limit: 9, before: null, bytes: 1_000_000 }
  expect(await stores.sessions.read(tenant, session.id, page)).toEqual(
    await plain.sessions.read(tenant, session.id, page),
  )
  const list = { tenant, limit: 1, cursor: null, agentId: null }
  expect(await stores.sessions.list(list)).toEqual(await plain.sessions.list(list))
  const { createdAt, updatedAt } = session
  expect(Math.abs(Date.parse(createdAt) - Date.now())).toBeLessThan(60_000)
  expect(updatedAt).toBe(createdAt)
  await stores.prune?.()
  await stores.close?.()
})

it('a pool with serializable transactions loses no write when many callers write to one session', async () => {
  const connection = { default_transaction_isolation: 'serializable' } as never
  const stores = postgresStores(postgres.openPool(url, { connection, max: 5 }))
  const session = await stores.sessions.create(newSession())
  const admissions = await Promise.all(
    Array.from({ length: 5 }, () => admitRun(stores, session.id)),
  )
  expect(new Set(admissions).size).toBe(5)
  const waiting = await waitingRun(stores, (run) => [newApproval(run)])
  const id = waiting.approvals[0]?.id ?? ''
  const decision = { approved: true, reason: null, decidedBy: null }
  const decided = await Promise.all([1, 2].map(() => stores.approvals.decide('', id, decision)))
  expect(decided.map((result) => result?.decided).toSorted()).toEqual([false, true])
  await claimRun(stores, waiting.runId)
})

async function admitRun(stores: Stores, sessionId: string) {
  const request = newRun({ sessionId })
  await stores.runs.create(request)
  return request.id
}
