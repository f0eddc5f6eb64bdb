import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { at } from '../../support/json.ts'
import { withPostgres } from '../../support/postgres.ts'
import { fakeDatabase, sampleProject } from '../../support/project.ts'
import { postPlan } from '../../support/query.ts'

/** Returns the answers of all GET endpoints of the introspection module without path parameters, as one text. */
async function readEverything(studio: Studio): Promise<string> {
  const paths = studio.routes
    .filter(({ path, method }) => method === 'GET' && /^\/(ai|studio)\//.test(path))
    .flatMap(({ path }) => (path.includes(':') ? [] : [path]))
  const answers = paths.map(async (path) => {
    const response = await studio.fetch(new Request(`http://studio.test${path}`))
    return response.text()
  })
  expect(paths.length).toBeGreaterThan(10)
  return (await Promise.all(answers)).join('\n')
}

const read = async (studio: Studio, path: string) => {
  const response = await studio.fetch(new Request(`http://studio.test${path}`))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a model that is not exposed', () => {
  const Vault = z.object({ id: z.int(), dialcode: z.string() }).meta({ exposed: false })
  const Person = z.object({
    id: z.int(),
    name: z.string(),
    iban: z.string().meta({ sensitive: true }),
    vault: Vault,
    bank: z.int().meta({ references: 'Bank', sensitive: true }),
  })
  const Bank = z.object({ id: z.int(), people: z.array(Person) })
  const apps = [{ label: 'a', models: zodModels({ Person, Vault, Bank }) }]
  const resources = [
    { model: 'Vault', prefix: '/api/v' },
    { model: 'Person', prefix: '/api/people' },
  ]
  const studio = new Studio([], {
    allow: ['read_data'],
    project: sampleProject({ apps, resources }),
    database: fakeDatabase(),
  })

  it('no answer names a model that is not exposed, its resource or a sensitive field', async () => {
    const text = await readEverything(studio)
    expect(text).toContain('Person')
    expect(text).not.toMatch(/Vault"|VaultViewSet|vaults|dialcode|iban|"bank"/)
  })

  it('a model that is not exposed does not count', async () => {
    const { body } = await read(studio, '/studio/context/summary')
    expect(body).toMatchObject({ model_count: 2, viewset_count: 1 })
    const context = await read(studio, '/ai/context/full')
    expect(context.body).toMatchObject({ model_count: 2, viewset_count: 1 })
  })

  it('a model that is not exposed cannot be requested by name', async () => {
    for (const path of ['/ai/context/models/Vault', '/ai/context/models/a.Vault']) {
      expect((await read(studio, path)).status).toBe(404)
    }
    expect((await read(studio, '/ai/context/models?match=vaults')).body['models']).toEqual([])
    const { status, body } = await postPlan(studio, { model: 'Vault' })
    expect([status, body.detail]).toEqual([400, 'Model "Vault" not found. Models: Bank, Person'])
  })

  it('a change of a model that is not exposed changes no checksum', async () => {
    const create = (vault: typeof Vault, person = Person) =>
      new Studio([], {
        allow: ['read_data'],
        project: sampleProject({
          apps: [{ label: 'a', models: zodModels({ Person: person, Vault: vault }) }],
          resources: [],
        }),
      })
    const schema = async (other: Studio) =>
      at((await read(other, '/studio/handshake')).body, 'checksums.schema_checksum')
    const before = await schema(create(Vault))
    const more = Vault.extend({ more: z.int() }).meta({ exposed: false }) as unknown as typeof Vault
    expect(await schema(create(more))).toBe(before)
    const taller = Person.extend({ height: z.int() }) as unknown as typeof Person
    expect(await schema(create(Vault, taller))).not.toBe(before)
  })
})

describe('the tables of a database that clients may see', () => {
  const { createDatabase } = withPostgres()
  let sql: Sql
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(`
      create table people (id int primary key, name text, iban text, password text);
      create table vaults (id int primary key, dialcode text, owner int references people);
      insert into people values (1, 'Ada', 'canary', 'canary');
      insert into vaults values (1, 'canary', 1);
    `)
  })
  const createStudio = (options: Parameters<typeof databaseModels>[0]) =>
    new Studio([], {
      allow: ['read_data'],
      project: sampleProject({
        apps: [{ label: 'a', models: databaseModels(options) }],
        resources: [],
      }),
      database: postgresDatabase(sql),
    })

  it.each([
    ['lists', { expose: ['people'], sensitive: ['people.iban'] }],
    [
      'functions',
      {
        expose: (table: string) => table !== 'vaults',
        sensitive: (_table: string, column: string) => ['iban', 'password'].includes(column),
      },
    ],
  ])('`expose` and `sensitive` hide tables and columns if they are %s', async (_what, options) => {
    const studio = createStudio(options)
    const text = await readEverything(studio)
    expect(text).toContain('people')
    expect(text).not.toMatch(/vault|dialcode|iban|password|canary/i)
    expect((await postPlan(studio, { model: 'People' })).body.rows).toEqual([
      { id: 1, name: 'Ada' },
    ])
    expect((await postPlan(studio, { model: 'Vault' })).status).toBe(400)
  })

  it('all tables are exposed by default, without columns that have a secret name', async () => {
    const text = await readEverything(createStudio({}))
    expect(text).toMatch(/dialcode/)
    expect(text).not.toMatch(/password/)
  })
})
