import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { drizzleMigrations } from '../../../src/postgres.ts'
import {
  describeWriter,
  type Place,
  runOrFail,
  type Tool,
  type WriterCase,
} from './describe-writer.ts'

vi.setConfig({ testTimeout: 120_000 }) // each test starts the tool several times

async function prepare({ workshop, url }: Place, tool: Tool) {
  await workshop.write(
    'drizzle.config.mjs',
    `export default { dialect: 'postgresql', schema: './schema.mjs', out: './out', dbCredentials: { url: '${url}' } }`,
  )
  const kit = (command: string, ...args: string[]) =>
    runOrFail(
      tool.run('drizzle-kit/bin.cjs', [command, '--config', 'drizzle.config.mjs', ...args], {
        cwd: workshop.path,
      }),
    )
  const generate = async (name: string, tables: readonly string[]) => {
    const lines = tables.map(
      (table) => `export const ${table} = pgTable('${table}', { id: integer() })`,
    )
    const text = [`import { pgTable, integer } from 'drizzle-orm/pg-core'`, ...lines]
    await workshop.write('schema.mjs', text.join('\n'))
    return kit('generate', '--name', name)
  }
  await generate('one', ['a'])
  await new Promise((resolve) => setTimeout(resolve, 1100)) // drizzle-kit 1 names folders by the second
  await generate('two', ['a', 'b'])
  return { up: () => kit('migrate'), generate, check: () => kit('check') }
}

const usual: Omit<WriterCase, 'title' | 'packages'> = {
  folder: 'out',
  rollsBack: false,
  toSource: (folder) => drizzleMigrations(folder),
  prepare,
  more(open) {
    it('drizzle-kit check accepts a written migration, and generate goes on after it', async () => {
      const project = await open()
      const { place, sql, write, up } = project
      const { generate, check } = project as unknown as Awaited<ReturnType<typeof prepare>>
      const create = { isTransaction: true, sql: ['CREATE TABLE public.c (id integer);'] }
      const { names, notes } = await write({ title: 'add_c', up: [create], down: null })
      expect(await check()).toContain('fine')
      expect(notes).toContainEqual(expect.stringContaining('repeats the one before it'))
      expect(await generate('three', ['a', 'b'])).toContain('No schema changes')
      await generate('three', ['a', 'b', 'd'])
      expect(await check()).toContain('fine')
      const files = await readdir(join(place.workshop.path, 'out'))
      expect(files.length).toBeGreaterThan(names.length)
      await up()
      const rows =
        await sql`select tablename from pg_tables where schemaname = 'public' and tablename in ('c', 'd')`
      expect(rows).toHaveLength(2)
    })
  },
}

describeWriter({
  ...usual,
  title: 'Drizzle with a journal',
  packages: ['migrate-drizzle', 'drizzle-orm@0.45.4 drizzle-kit@0.31.11 pg@8.23.1'],
})

describeWriter({
  ...usual,
  title: 'Drizzle 1 with folders',
  packages: ['migrate-drizzle1', 'drizzle-orm@1.0.0-rc.4 drizzle-kit@1.0.0-rc.4 pg@8.23.1'],
})
