import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { zodModels } from '../../../src/zod.ts'
import { createBookshop } from '../../support/bookshop.ts'

const Person = z.object({
  id: z.int(),
  'last name': z.string(),
  last_name: z.string().nullable(),
  'Größe (cm)': z.int().nullable(),
  'filter[id]': z.int().nullable(),
  名前: z.string().nullable(),
  ['x'.repeat(80)]: z.string().nullable(),
})

function createPeople() {
  const bodies: unknown[] = []
  const app = async (request: Request) => {
    bodies.push(request.method === 'GET' ? request.url : await request.json())
    return Response.json({ fine: true })
  }
  const project = {
    app,
    routes: [],
    apps: [{ label: 'people', models: zodModels({ Person }) }],
    resources: [{ model: 'Person', prefix: '/api/people' }],
  }
  return { bodies, ...createBookshop(project, { allow: ['write_data'] }) }
}

interface ListedTool {
  readonly name: string
  readonly input_schema: { readonly properties?: object; readonly required?: readonly string[] }
}

describe('the names of arguments', () => {
  it('every argument of every tool has a name that all clients accept', async () => {
    const { send } = createPeople()
    const { tools } = (await send('/ai/tools')).body as unknown as { tools: ListedTool[] }
    const names = tools.flatMap(({ input_schema }) => [
      ...Object.keys(input_schema.properties ?? {}),
      ...(input_schema.required ?? []),
    ])
    expect(names.filter((name) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(name))).toEqual([])
    const create = tools.find(({ name }) => name === 'person_create')
    expect(Object.keys(create?.input_schema.properties ?? {})).toEqual([
      'last_name_2',
      'last_name',
      'Grosse_cm',
      'filter_id',
      'field',
      'x'.repeat(64),
    ])
    expect(create?.input_schema.required).toContain('last_name_2')
  })

  it('an argument reaches the application under the name of its field', async () => {
    const { call, bodies } = createPeople()
    const headers = { 'x-ai-apply': 'true' }
    const args = { last_name_2: 'Li', last_name: 'Old', Grosse_cm: 180, field: '李' }
    expect(await call('person_create', args, headers)).toMatchObject({ status: 200 })
    expect(await call('person_create', { 'last name': 'Li' }, headers)).toMatchObject({
      status: 200,
    })
    expect(bodies).toEqual([
      { 'last name': 'Li', last_name: 'Old', 'Größe (cm)': 180, 名前: '李' },
      { 'last name': 'Li' },
    ])
  })

  it('an unknown argument is named by the path of the fault', async () => {
    const { call } = createPeople()
    const { status, body } = await call('person_list', { nope: 1, other: 2 })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { details: [{ path: 'nope' }, { path: 'other' }] } })
  })
})
