import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, it } from 'vitest'
import { sqlMigrations } from '../../../src/postgres.ts'
import { describeWriter } from './describe-writer.ts'

// A folder of SQL has no tool: here each file is sent as one query, which is one transaction unless it is a single statement.
describeWriter({
  title: 'a folder of SQL',
  packages: ['migrate-dbmate', 'dbmate@2.36.0'],
  folder: 'migrations',
  rollsBack: false,
  toSource: (folder) => sqlMigrations(folder),
  async prepare({ workshop, url, sql }) {
    await workshop.write('migrations/0001_a.sql', 'create table a (id int);')
    await workshop.write('migrations/0002_b.sql', 'create table b (id int);')
    await sql.unsafe('create table aksara_migrations (name text, checksum text)')
    return {
      async up() {
        const own = postgres(url, { max: 1, onnotice: () => undefined })
        try {
          const folder = join(workshop.path, 'migrations')
          const ran = new Set(
            (await own`select name from aksara_migrations`).map(({ name }) => name),
          )
          for (const file of (await readdir(folder)).sort()) {
            const name = file.replace(/\.sql$/, '')
            if (ran.has(name)) continue
            const text = await readFile(join(folder, file), 'utf8')
            await own.unsafe(text)
            const checksum = createHash('sha256').update(text).digest('hex')
            await own`insert into aksara_migrations values (${name}, ${checksum})`
          }
        } finally {
          await own.end()
        }
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
