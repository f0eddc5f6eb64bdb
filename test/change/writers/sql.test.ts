import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sqlMigrations, sqlMigrator } from '../../../src/postgres.ts'
import { describeWriter } from './describe-writer.ts'

// The tool of a folder of SQL is our own `sqlMigrator`.
describeWriter({
  title: 'a folder of SQL',
  packages: ['migrate-dbmate', 'dbmate@2.36.0'],
  folder: 'migrations',
  rollsBack: false,
  toSource: (folder) => sqlMigrations(folder),
  async prepare({ workshop, sql }) {
    await workshop.write('migrations/0001_a.sql', 'create table a (id int);')
    await workshop.write('migrations/0002_b.sql', 'create table b (id int);')
    const { up } = sqlMigrator(sql)
    return {
      async up() {
        const folder = join(workshop.path, 'migrations')
        const migrations = []
        for (const file of (await readdir(folder)).sort()) {
          const text = await readFile(join(folder, file), 'utf8')
          const isTransaction = !text.includes('-- Run outside of a transaction.\n')
          migrations.push({ name: file.replace(/\.sql$/, ''), sql: text, isTransaction })
        }
        const job = { app: 'shop', tool: 'sql', migrations, down: [] }
        await up(job, AbortSignal.timeout(30_000))
      },
    }
  },
  more(open) {
    it('a folder of SQL with two heads gets a file that depends on both', async () => {
      const { place, write, read, up } = await open()
      await place.workshop.write('migrations/0003_c.sql', '-- depends: 0001_a\nselect 1;')
      const part = { isTransaction: true, sql: ['SELECT 1;'] }
      const { names } = await write({ title: 'join', up: [part, part], down: null })
      expect(names).toEqual(['0004_join_1', '0005_join_2'])
      expect(await read('0004_join_1.sql')).toMatch(/^-- depends: 0002_b, 0003_c\n/)
      await up()
      const { apps } = await place.list()
      expect(apps[0]).toMatchObject({ head_migrations: ['0005_join_2'], conflicts: [] })
    })
  },
})
