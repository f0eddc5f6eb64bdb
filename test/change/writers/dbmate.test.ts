import { dbmateMigrations } from '../../../src/postgres.ts'
import { describeWriter, runOrFail } from './describe-writer.ts'

const migration = (table: string) => `-- migrate:up
create table ${table} (id int);
-- migrate:down
drop table ${table};
`

describeWriter({
  title: 'dbmate',
  packages: ['migrate-dbmate', 'dbmate@2.36.0'],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => dbmateMigrations(folder),
  async prepare({ workshop, url }, tool) {
    await workshop.write('migrations/20240101000000_a.sql', migration('a'))
    await workshop.write('migrations/20240102000000_b.sql', migration('b'))
    const dbmate = (command: string) => {
      const flags = ['--migrations-dir', `${workshop.path}/migrations`, '--no-dump-schema']
      const env = { DATABASE_URL: `${url}?sslmode=disable` }
      return runOrFail(
        tool.run('dbmate/dist/cli.js', [...flags, command], { cwd: workshop.path, env }),
      )
    }
    return {
      up: () => dbmate('migrate'),
      async down(count) {
        for (let one = 0; one < count; one++) await dbmate('rollback')
      },
    }
  },
})
