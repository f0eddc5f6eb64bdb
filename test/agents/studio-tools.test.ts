import { expect, it, onTestFinished } from 'vitest'
import { Studio, studioTools, type StudioOptions } from '../../src/index.ts'
import { createSupport, toolCall } from '../support/agents.ts'
import { createBookshop } from '../support/bookshop.ts'
import { at } from '../support/json.ts'
import { fakeDatabase, sampleProject } from '../support/project.ts'

/** Makes a studio whose agent calls these tools of the same studio. Returns the tool results. */
async function run(calls: readonly [name: string, input: object][], options: StudioOptions = {}) {
  let studio: Studio | undefined
  const find = () => {
    if (studio) return studio
    throw new Error('asked too early')
  }
  const turns = [
    calls.map(([name, input], index) => toolCall(name, input, `call-${index}`)),
    'done',
  ]
  const { agent, model } = createSupport(turns, { tools: studioTools(find) })
  const made = (studio = new Studio([agent], {
    project: sampleProject(),
    allow: ['read_data'],
    ...options,
  }))
  onTestFinished(() => made.close())
  const headers = { 'content-type': 'application/json', authorization: 'Bearer t' }
  const body = JSON.stringify({ message: 'go' })
  const response = await studio.fetch(
    new Request('http://studio.test/agents/support/runs', { method: 'POST', headers, body }),
  )
  expect(response.status).toBe(200)
  return { model, told: JSON.stringify(model.calls.at(-1)) }
}

it('studioTools let an agent read its project without the token of the studio', async () => {
  const { told } = await run(
    [
      ['search_schema', { query: 'book', detail: 'summary' }],
      ['describe_model', { model: 'Author' }],
      ['migration_status', {}],
    ],
    { auth: { token: 't' } },
  )
  for (const text of ['table_name', 'books', 'primary_key_field', 'pending_migrations']) {
    expect(told).toContain(text)
  }
})

it('studioTools return an error result for invalid input and for a tool that is not offered', async () => {
  const { told } = await run([
    ['describe_model', { model: 'Nothing' }],
    ['search_schema', { detail: 'everything' }],
    ['query_data', { model: 'Book' }],
  ])
  expect(told).toContain('not found')
  expect(told).toMatch(/detail/)
  expect(told).toMatch(/not found or not accessible/)
})

it('studioTools let an agent query when the studio has a database', async () => {
  const query = async () => ({ rows: [], truncated: false })
  const { told } = await run([['query_data', { model: 'Book' }]], {
    database: fakeDatabase({ query: query as never }),
  })
  expect(told).toMatch(/limited/)
})

it('studioTools describe their input and accept a Studio instead of a function', async () => {
  const tools = studioTools(createBookshop().studio)
  expect(tools.map(({ name }) => name)).toEqual([
    'search_schema',
    'describe_model',
    'migration_status',
    'schema_health',
    'query_data',
  ])
  for (const tool of tools) expect(await tool.describeInput()).toMatchObject({ type: 'object' })
  expect(at(await tools[0]?.parseInput({ query: 'a' }), 'value')).toMatchObject({ limit: 50 })
})
