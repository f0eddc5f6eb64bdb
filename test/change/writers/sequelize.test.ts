import { vi } from 'vitest'
import { sequelizeMigrations } from '../../../src/postgres.ts'
import { describeWriter, runOrFail } from './describe-writer.ts'

const migration = (table: string) => `module.exports = {
  up: (q) => q.sequelize.query('create table ${table} (id int)'),
  down: (q) => q.dropTable('${table}'),
}`

vi.setConfig({ testTimeout: 120_000 }) // each test starts the tool several times

describeWriter({
  title: 'sequelize-cli',
  packages: ['migrate-sequelize', 'sequelize-cli@6.6.5 sequelize@6.37.8 umzug@3.8.3 pg@8.23.1'],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => sequelizeMigrations(folder),
  async prepare({ workshop, url }, tool) {
    await workshop.write('migrations/20240101-a.cjs', migration('a'))
    await workshop.write('migrations/20240103-b.cjs', migration('b'))
    const sequelize = (command: string) =>
      runOrFail(
        tool.run('sequelize-cli/lib/sequelize', [command, '--url', url], { cwd: workshop.path }),
      )
    return {
      up: () => sequelize('db:migrate'),
      async down(count) {
        for (let one = 0; one < count; one++) await sequelize('db:migrate:undo')
      },
    }
  },
})
