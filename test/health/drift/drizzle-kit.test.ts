import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drizzleMigrations } from '../../../src/postgres.ts'
import { driftOfModule } from '../../support/drift.ts'
import { withTool } from '../../support/migrations.ts'
import { wideSchema } from '../../support/wide-schema.ts'

describe.each([
  [
    '0.31',
    'migrate-drizzle',
    'drizzle-orm@0.45.4 drizzle-kit@0.31.11 pg@8.23.1',
    (column: string, dimensions: number) => column + '.array()'.repeat(dimensions),
  ],
  [
    '1.0 (rc)',
    'migrate-drizzle1',
    'drizzle-orm@1.0.0-rc.4 drizzle-kit@1.0.0-rc.4 pg@8.23.1',
    (column: string, dimensions: number) => `${column}.array('${'[]'.repeat(dimensions)}')`,
  ],
] as const)('a database that drizzle-kit %s made', (_version, name, spec, array) => {
  const tool = withTool(name, spec)

  it('has no drift from the schema that it was made of', async () => {
    const { sql, url, workshop } = await tool.setUp((path) => drizzleMigrations(`${path}/out`))
    await sql.unsafe(`create schema dd;
      create function uuid_generate_v4() returns uuid language sql as 'select gen_random_uuid()';
      create function my_id() returns text language sql as 'select ''x''';
      create function dd.other_id() returns text language sql as 'select ''x'''`)
    await workshop.write('schema.mjs', wideSchema(array))
    await workshop.write(
      'drizzle.config.mjs',
      `export default { dialect: 'postgresql', schema: './schema.mjs', out: './out', dbCredentials: { url: '${url}' } }`,
    )
    const { code, output } = await tool.run(
      'drizzle-kit/bin.cjs',
      ['export', '--config', 'drizzle.config.mjs'],
      { cwd: workshop.path },
    )
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('CREATE') })
    const statements = output.slice(output.indexOf('CREATE')).replaceAll('CREATE SCHEMA "dd";', '')
    await sql.unsafe(statements)
    expect(await driftOfModule(join(workshop.path, 'schema.mjs'), sql)).toEqual([])
  }, 120_000)
})
