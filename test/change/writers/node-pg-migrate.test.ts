import { nodePgMigrations } from '../../../src/postgres.ts'
import {
  describeWriter,
  type Place,
  runOrFail,
  type Tool,
  type WriterCase,
} from './describe-writer.ts'

const module = (table: string) => `
  export const up = (pgm) => pgm.createTable('${table}', { id: 'id' })
  export const down = (pgm) => pgm.dropTable('${table}')`
const sections = (table: string) => `
-- Up Migration
create table ${table} (id int);
-- Down Migration
drop table ${table};`

function start({ workshop, url }: Place, tool: Tool) {
  const migrate = (...args: string[]) =>
    runOrFail(
      tool.run(
        'node-pg-migrate/bin/node-pg-migrate.js',
        ['-m', `${workshop.path}/migrations`, ...args],
        { cwd: workshop.path, env: { DATABASE_URL: url } },
      ),
    )
  return { up: () => migrate('up'), down: (count: number) => migrate('down', String(count)) }
}

const usual: Omit<WriterCase, 'title' | 'prepare'> = {
  packages: ['migrate-node-pg', 'node-pg-migrate@9.0.0 pg@8.23.1'],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => nodePgMigrations(folder),
}

describeWriter({
  ...usual,
  title: 'node-pg-migrate',
  async prepare(place, tool) {
    await place.workshop.write('migrations/1700000000000_a.mjs', module('a'))
    await place.workshop.write('migrations/1700000000001_b.mjs', module('b'))
    return start(place, tool)
  },
})

describeWriter({
  ...usual,
  title: 'node-pg-migrate with files of SQL and UTC times',
  async prepare(place, tool) {
    await place.workshop.write('migrations/20240101000000000_a.sql', sections('a'))
    await place.workshop.write('migrations/20240102000000000_b.sql', sections('b'))
    return start(place, tool)
  },
})
