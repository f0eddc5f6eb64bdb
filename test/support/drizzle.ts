import { expect } from 'vitest'
import { drizzleMigrations } from '../../src/postgres.ts'
import { withTool } from './migrations.ts'

/** Installs one version of drizzle-kit, with its migrations in `out`. Call inside a `describe`. */
export function withDrizzleKit(name: string, spec: string, prefix = '') {
  const tool = withTool(name, spec)

  async function setUp() {
    const place = await tool.setUp((path) => drizzleMigrations(`${path}/out`))
    const { workshop, sql, url } = place
    const migrations = prefix === '' ? '' : `migrations: { prefix: '${prefix}' },`
    await workshop.write(
      'drizzle.config.mjs',
      `export default { dialect: 'postgresql', schema: './schema.mjs', out: './out', ${migrations}
        dbCredentials: { url: '${url}' } }`,
    )
    const kit = (command: string, ...args: string[]) =>
      tool.run('drizzle-kit/bin.cjs', [command, '--config', 'drizzle.config.mjs', ...args], {
        cwd: workshop.path,
      })
    /** Makes drizzle-kit generate the migration to these tables, each with the given columns. */
    const generate = async (name: string, tables: Readonly<Record<string, readonly string[]>>) => {
      const toColumns = (columns: readonly string[]) =>
        columns.map((column) => `${column}: integer()`).join(', ')
      const lines = Object.entries(tables).map(
        ([table, columns]) =>
          `export const ${table} = pgTable('${table}', { ${toColumns(columns)} })`,
      )
      await workshop.write(
        'schema.mjs',
        [`import { pgTable, integer } from 'drizzle-orm/pg-core'`, ...lines].join('\n'),
      )
      const { output } = await kit('generate', '--name', name)
      expect(output).toContain('Your SQL migration')
    }
    const tables = async () => {
      const rows = await sql`select tablename from pg_tables where schemaname = 'public' order by 1`
      return rows.map(({ tablename }) => String(tablename))
    }
    /** Runs `migrate` and expects it to apply exactly the migrations that were reported as pending. */
    const migrate = async () => {
      const before = await place.list()
      const result = await kit('migrate')
      const after = await place.list()
      const inState = (list: typeof before, state: string) =>
        list.migrations.filter((one) => one.state === state).map(({ name }) => name)
      if (result.code === 0) {
        const ran = inState(after, 'applied').filter(
          (one) => !inState(before, 'applied').includes(one),
        )
        const promised = before.migrations.filter(({ state }) =>
          ['pending', 'out_of_order'].includes(state),
        )
        expect(ran).toEqual(promised.map((one) => one.name))
      } else expect(after.migrations).toEqual(before.migrations)
      return { ...result, answer: after }
    }
    return { ...place, kit, generate, tables, migrate }
  }
  return { ...tool, setUp }
}
