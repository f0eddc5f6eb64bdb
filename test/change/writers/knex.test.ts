import { knexMigrations } from '../../../src/postgres.ts'
import { describeWriter, type Place, type Tool, type WriterCase } from './describe-writer.ts'

/** The part of Knex that the test uses. The project does not install Knex. */
interface Knex {
  migrate: { latest(): Promise<unknown>; down(): Promise<unknown> }
  destroy(): Promise<void>
}

const common = (table: string) => `
  exports.up = (knex) => knex.schema.createTable('${table}', (table) => table.increments())
  exports.down = (knex) => knex.schema.dropTable('${table}')`
const module = (table: string) => common(table).replaceAll('exports.', 'export const ')

async function start({ workshop, url }: Place, tool: Tool) {
  const { default: createKnex } = (await tool.load('knex/knex.js')) as unknown as {
    default: (options: object) => Knex
  }
  const use = async (action: (knex: Knex) => Promise<unknown>) => {
    const knex = createKnex({
      client: 'pg',
      connection: url,
      migrations: { directory: `${workshop.path}/migrations` },
      log: { warn: () => undefined, error: () => undefined, debug: () => undefined },
    })
    return action(knex).finally(() => knex.destroy())
  }
  return {
    up: () => use((knex) => knex.migrate.latest()),
    async down(count: number) {
      for (let one = 0; one < count; one++) await use((knex) => knex.migrate.down())
    },
  }
}

const usual: Omit<WriterCase, 'title' | 'prepare'> = {
  packages: ['migrate-knex', 'knex@3.3.0 pg@8.23.1'],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => knexMigrations(folder),
}

describeWriter({
  ...usual,
  title: 'Knex',
  async prepare(place, tool) {
    await place.workshop.write('migrations/20240101000000_a.cjs', common('a'))
    await place.workshop.write('migrations/20240102000000_b.cjs', common('b'))
    return start(place, tool)
  },
})

describeWriter({
  ...usual,
  title: 'Knex with ES modules and counted names',
  async prepare(place, tool) {
    await place.workshop.write('package.json', '{ "type": "module" }')
    await place.workshop.write('migrations/001-a.js', module('a'))
    await place.workshop.write('migrations/002-b.js', module('b'))
    return start(place, tool)
  },
})
