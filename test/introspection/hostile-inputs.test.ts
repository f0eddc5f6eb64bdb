import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { Studio } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import {
  canary,
  hostileSecrets,
  hostileTables,
  hostileTexts,
  readState,
} from '../support/hostile-inputs.ts'
import { describePostgres } from '../support/postgres.ts'
import { sampleProject } from '../support/project.ts'

/** The query parameters of all endpoints. */
const parameters = [
  'detail',
  'match',
  'maxTokens',
  'strict',
  'severity',
  'kind',
  'rule',
  'table',
  'app_label',
  'name',
]

/** One plan for every place that takes a text. */
const plans: readonly ((text: string) => object)[] = [
  (text) => ({ model: text }),
  (text) => ({ model: `a.${text}` }),
  (field) => ({ model: 'People', filters: [{ field, value: 'x' }] }),
  (field) => ({ model: 'People', filters: [{ field, lookup: 'isnull', value: false }] }),
  (lookup) => ({ model: 'People', filters: [{ field: 'name', lookup, value: 'x' }] }),
  (value) => ({ model: 'People', filters: [{ field: 'name', value }] }),
  (value) => ({ model: 'People', filters: [{ field: 'name', lookup: 'icontains', value }] }),
  (value) => ({ model: 'People', filters: [{ field: 'id', lookup: 'in', value: [value] }] }),
  (value) => ({ model: 'People', filters: [{ field: 'id', lookup: 'gte', value }] }),
  (field) => ({ model: 'People', sorting: [{ field }] }),
  (direction) => ({ model: 'People', sorting: [{ field: 'name', direction }] }),
  (limit) => ({ model: 'People', pagination: { limit } }),
  (offset) => ({ model: 'People', pagination: { offset } }),
  (text) => ({ model: 'People', select_fields: [text] }),
  (text) => ({ model: 'People', debug_notes: text }),
  (text) => ({ model: 'People', [text]: 1 }),
]

function post(path: string, body: string): Request {
  const headers = { 'content-type': 'application/json', 'x-ai-apply': 'true' }
  return new Request(`http://studio.test${path}`, { method: 'POST', headers, body })
}

/** Encodes a text as a part of a path. A lone surrogate, which no URL can contain, becomes a replacement character. */
function encodePart(text: string): string {
  return String(new URLSearchParams([['', text]]))
    .slice(1)
    .replaceAll('+', '%20')
}

/** Yields requests that carry one text to all endpoints that take input. */
function* toRequests(studio: Studio, text: string): Generator<Request> {
  for (const { path, method } of studio.routes) {
    if (!/^\/(ai|studio)\//.test(path)) continue
    const target = path.replace(/:\w+/g, () => encodePart(text))
    if (method === 'POST') {
      yield post(target, JSON.stringify(text))
      yield post(target, JSON.stringify({ [text]: text, name: text, arguments: { model: text } }))
    } else if (path.includes(':')) yield new Request(`http://studio.test${target}`, { method })
    else {
      const query = new URLSearchParams(parameters.map((name) => [name, text]))
      yield new Request(`http://studio.test${target}?${query}`, { method })
    }
  }
  for (const name of parameters) {
    const query = new URLSearchParams({ [name]: text })
    yield new Request(`http://studio.test/ai/context/full?${query}`)
    yield new Request(`http://studio.test/ai/context/models?${query}`)
  }
  for (const toPlan of plans) {
    const plan = toPlan(text)
    yield post('/ai/query/execute', JSON.stringify(plan))
    yield post('/ai/query/execute', JSON.stringify({ ...plan, explain: true }))
    yield post('/ai/tools/query_data/call', JSON.stringify({ arguments: plan }))
  }
}

describePostgres('hostile texts as input of endpoints', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  const failures: unknown[] = []
  beforeAll(async () => {
    sql = (await createDatabase({ max: 4 })).sql
    await sql.unsafe(hostileTables)
    const models = databaseModels({ expose: ['people'], sensitive: hostileSecrets })
    studio = new Studio([], {
      allow: ['read_data'],
      project: sampleProject({ apps: [{ label: 'a', models }], resources: [] }),
      database: postgresDatabase(sql),
      onError: (error) => void failures.push(error),
      snapshotMaxAgeMs: 600_000,
    })
  })

  it('a query without hostile text returns the rows of people', async () => {
    const response = await studio.fetch(post('/ai/query/execute', '{"model":"People"}'))
    expect(await response.json()).toMatchObject({
      rows: [
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bel' },
      ],
    })
  })

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text]))(
    'the text %j neither leaks data, changes state, stalls nor causes a 500',
    async (_name, text) => {
      const before = await readState(sql)
      const settings = await sql`select name, setting from pg_settings order by name`
      const faults: string[] = []
      for (const request of toRequests(studio, text)) {
        const started = performance.now()
        const response = await studio.fetch(request)
        const answer = await response.text()
        const isLeak =
          answer.includes(canary) || /root:.*:0:0|syntax error|select .* from pg_/i.test(answer)
        const isSlow = performance.now() - started > 15_000
        if (isLeak || isSlow || response.status === 500) {
          faults.push(`${request.method} ${request.url}: ${response.status} ${answer}`)
        }
      }
      expect(faults).toEqual([])
      expect(await readState(sql)).toEqual(before)
      expect(await sql`select name, setting from pg_settings order by name`).toEqual(settings)
      expect(failures).toEqual([])
    },
    60_000,
  )
})
