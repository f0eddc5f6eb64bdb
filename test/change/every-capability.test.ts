import { describe, expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { defineProject, Studio, type StudioOptions } from '../../src/index.ts'
import { databaseModels, postgresDatabase, sqlMigrations, sqlMigrator } from '../../src/postgres.ts'
import { capabilities, endpoints } from '../demo/pages.ts'
import { createShop } from '../support/codegen.ts'
import { withPostgres } from '../support/postgres.ts'
import { createFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()

/** The capabilities that change something, with a request of each. */
const changing = [
  ['ai_codegen', '/ai/codegen/preview'],
  ['ai_patch', '/ai/patch/preview'],
  ['ai_patch', '/ai/patch/apply'],
  ['ai_planner', '/ai/plan/preview'],
  ['ai_planner', '/ai/plan/apply'],
  ['apply_migrations', '/ai/changes/chg_1/migrate'],
] as const

const allow = [
  'read_data',
  'write_data',
  'apply_migrations',
  'ai_codegen',
  'ai_patch',
  'ai_planner',
] as const

async function createFullStudio(parts: Partial<StudioOptions> = {}) {
  const { sql } = await createDatabase({ max: 4 })
  const folder = await createFolder()
  await createShop(sql, folder)
  const app = (request: Request) => Response.json({ path: new URL(request.url).pathname })
  const routes = [
    { method: 'GET', path: '/admin' },
    { method: 'GET', path: '/api/orders' },
    { method: 'POST', path: '/api/orders' },
  ]
  const studio = new Studio([], {
    project: defineProject({
      name: 'shop',
      apps: [
        {
          label: 'shop',
          models: databaseModels({ schemas: ['shop'] }),
          migrations: sqlMigrations(`${folder.root}/db/shop`),
        },
      ],
      resources: [{ model: 'Order', prefix: '/api/orders' }],
      routes,
      app,
      admin: '/admin',
    }),
    database: postgresDatabase(sql),
    workspace: nodeWorkspace({ root: folder.root, write: ['db/**'] }),
    changes: { migrator: sqlMigrator(sql) },
    allow,
    debug: true,
    onError: () => undefined,
    ...parts,
  })
  const handshake = (await (await studio.fetch('/studio/handshake')).json()) as {
    capabilities: string[]
    endpoints: Record<string, string>
  }
  const post = (path: string) =>
    studio.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  return { studio, handshake, post }
}

describe('a studio with a workspace, a database and `allow`', () => {
  it('lists the twelve capabilities and the twelve endpoints of the public page', async () => {
    const { handshake } = await createFullStudio()
    expect(handshake.capabilities).toEqual(capabilities)
    expect(handshake.endpoints).toMatchObject(endpoints)
  })

  it('answers at every endpoint that it lists', async () => {
    const { handshake, studio, post } = await createFullStudio()
    for (const path of Object.values(handshake.endpoints)) {
      const { status } = await studio.fetch(path)
      expect([path, status === 405 ? (await post(path)).status : status]).not.toEqual([path, 404])
    }
  })

  it.each(changing)('serves nothing of %s at %s unless `allow` names it', async (name, path) => {
    const some = allow.filter((one) => one !== name)
    const without = await createFullStudio({ allow: some })
    expect(without.handshake.capabilities).not.toContain(name)
    expect(Object.values(without.handshake.endpoints)).not.toContain(path)
    expect((await without.post(path)).status).toBe(404)
    const { post } = await createFullStudio()
    expect([400, 403, 422]).toContain((await post(path)).status)
  })
})

it('a studio without a workspace and `allow` lists none of what changes something', async () => {
  const { sql } = await createDatabase({ max: 2 })
  const studio = new Studio([], { database: postgresDatabase(sql) })
  const text = await (await studio.fetch('/studio/handshake')).text()
  expect(text).not.toMatch(/codegen|patch|plan_|ai_planner|apply_migrations|write_data|changes/)
  for (const [, path] of changing) {
    expect((await studio.fetch(path, { method: 'POST' })).status).toBe(404)
  }
})
