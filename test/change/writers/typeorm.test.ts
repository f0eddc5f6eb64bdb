import { join } from 'node:path'
import { typeormMigrations } from '../../../src/postgres.ts'
import { describeWriter } from './describe-writer.ts'

/** The part of TypeORM that the test uses. The project does not install TypeORM. */
interface DataSource {
  initialize(): Promise<unknown>
  destroy(): Promise<void>
  runMigrations(): Promise<unknown>
  undoLastMigration(): Promise<unknown>
}
interface TypeormModule {
  DataSource: new (options: object) => DataSource
}

const migration = (name: string) => `
  class ${name} {
    async up(runner) { await runner.query('create table ${name.toLowerCase()} (id int)') }
    async down(runner) { await runner.query('drop table ${name.toLowerCase()}') }
  }
  module.exports = { ${name} }`

describeWriter({
  title: 'TypeORM',
  packages: ['migrate-typeorm', 'typeorm@1.1.1 pg@8.23.1'],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => typeormMigrations(folder),
  async prepare({ workshop, url }, tool) {
    await workshop.write('migrations/1700000000001-A.cjs', migration('A1700000000001'))
    await workshop.write('migrations/1700000000002-B.cjs', migration('B1700000000002'))
    const typeorm = (await tool.load('typeorm/index.js')) as unknown as TypeormModule & {
      default?: TypeormModule
    }
    const { DataSource } = { ...typeorm.default, ...typeorm }
    const use = async (action: (source: DataSource) => Promise<unknown>) => {
      const migrations = [join(workshop.path, 'migrations/*.cjs')]
      const source = new DataSource({ type: 'postgres', url, migrations, logging: false })
      await source.initialize()
      return action(source).finally(() => source.destroy())
    }
    return {
      up: () => use((source) => source.runMigrations()),
      async down(count) {
        for (let one = 0; one < count; one++) await use((source) => source.undoLastMigration())
      },
    }
  },
})
