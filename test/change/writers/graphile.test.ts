import { graphileMigrations } from '../../../src/postgres.ts'
import { describeWriter, runOrFail } from './describe-writer.ts'

describeWriter({
  title: 'graphile-migrate',
  packages: ['migrate-graphile', 'graphile-migrate@1.4.1'],
  folder: 'migrations',
  rollsBack: false,
  toSource: (folder) => graphileMigrations(folder),
  async prepare({ workshop, sql, url }, tool) {
    const shadow = `${url}_shadow`
    await sql.unsafe(`create database ${new URL(shadow).pathname.slice(1)}`)
    await workshop.write('.gmrc', JSON.stringify({ pgSettings: { search_path: 'public' } }))
    const env = {
      DATABASE_URL: url,
      SHADOW_DATABASE_URL: shadow,
      ROOT_DATABASE_URL: url.replace(/[^/]*$/, 'postgres'),
    }
    const graphile = (...args: string[]) =>
      runOrFail(tool.run('graphile-migrate/dist/cli.js', args, { cwd: workshop.path, env }))
    await workshop.write('migrations/current.sql', 'create table a (id int);')
    await graphile('commit')
    await workshop.write('migrations/current.sql', 'create table b (id int);')
    await graphile('commit', '-m', 'add b')
    return { up: () => graphile('migrate') }
  },
})
