import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import type { Sql } from 'postgres'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { drizzleMigrations } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { driftOf, driftOfModule } from '../../support/drift.ts'
import { withTool } from '../../support/migrations.ts'
import {
  prismaSchema,
  writeWithKysely,
  writeWithPrisma,
  writeWithTypeorm,
} from '../../support/schema-tools.ts'

type Tool = ReturnType<typeof withTool>

/** Makes drizzle-kit write a schema of what the database has, and returns the drift between the two. */
async function pull(kit: Tool, place: Awaited<ReturnType<Tool['setUp']>>): Promise<string[]> {
  const { workshop, url, sql } = place
  await workshop.write(
    'drizzle.config.mjs',
    `export default { dialect: 'postgresql', out: './out', dbCredentials: { url: '${url}' } }`,
  )
  const { code, output } = await kit.run(
    'drizzle-kit/bin.cjs',
    ['pull', '--config', 'drizzle.config.mjs'],
    { cwd: workshop.path },
  )
  expect({ code, output }).toMatchObject({ code: 0 })
  const files = (await readdir(join(workshop.path, 'out'), { recursive: true })).filter((name) =>
    name.endsWith('schema.ts'),
  )
  const { code: script } = await transform(
    await readFile(join(workshop.path, 'out', files[0] ?? ''), 'utf8'),
    { loader: 'ts', format: 'esm' },
  )
  await writeFile(join(workshop.path, 'schema.mjs'), script)
  return driftOfModule(join(workshop.path, 'schema.mjs'), sql)
}

const zodDrift = async (models: Parameters<typeof zodModels>[0], sql: Sql) =>
  (await driftOf(zodModels(models), sql))
    .filter(({ kind }) => kind !== 'extra_table' && kind !== 'extra_column')
    .map(({ id, message }) => `${id}: ${message}`)

describe('databases that other tools made', () => {
  const kit = withTool(
    'migrate-drizzle1',
    'drizzle-orm@1.0.0-rc.4 drizzle-kit@1.0.0-rc.4 pg@8.23.1',
  )
  const setUp = () => kit.setUp((path) => drizzleMigrations(`${path}/out`))

  it('a database of Prisma has no drift from the same tables in Drizzle and zod', async () => {
    const place = await setUp()
    await writeWithPrisma(prismaSchema, place)
    expect(await pull(kit, place)).toEqual([])
    const User = z
      .object({
        id: z.int(),
        email: z.email().meta({ unique: true }),
        name: z.string().nullable(),
        role: z.enum(['USER', 'ADMIN']).default('USER'),
        roles: z
          .array(z.enum(['USER', 'ADMIN']))
          .nullable()
          .default(['USER', 'ADMIN']),
        tags: z.array(z.string()).nullable().default(['a b', 'c,d']),
        counts: z.array(z.int()).nullable(),
        data: z.object({ a: z.array(z.boolean()), b: z.number() }).default({ a: [true], b: 1 }),
        balance: z.string().default('0'),
        price: z.number().default(1.5),
        big: z.bigint().default(9007199254740993n),
        score: z.number().default(0.1),
        active: z.boolean().default(true),
        createdAt: z.date(),
        seen: z.date().default(new Date('2020-01-02T03:04:05.678Z')),
        token: z.uuid(),
        code: z.string().default("it's"),
      })
      .meta({ table: 'users' })
    expect(await zodDrift({ User }, place.sql)).toEqual([])
  }, 60_000)

  it('a database of TypeORM has no drift from the same tables in Drizzle and zod', async () => {
    const place = await setUp()
    await writeWithTypeorm(place)
    expect(await pull(kit, place)).toEqual([])
    const User = z
      .object({
        id: z.int(),
        email: z.string().max(80).meta({ unique: true }),
        role: z.enum(['user', 'super-admin', "it's"]).default('super-admin'),
        roles: z.array(z.enum(['a', 'b c'])).default(['b c']),
        tags: z.array(z.string()).default(['a b', 'c']),
        words: z.array(z.string()).default([]),
        data: z.record(z.string(), z.unknown()).default({ a: [true], b: 1 }),
        list: z.array(z.unknown()).default([]),
        price: z.number().default(1.5),
        active: z.boolean().default(true),
        span: z.string().default('90 minutes'),
        wakes: z.string().default('10:00:00'),
        born: z.iso.date().default('2020-01-02'),
        createdAt: z.date(),
      })
      .meta({ table: 'user' })
    expect(await zodDrift({ User }, place.sql)).toEqual([])
  }, 60_000)

  it('a database of Kysely has no drift from the same tables in Drizzle and zod', async () => {
    const place = await setUp()
    await writeWithKysely(place)
    expect(await pull(kit, place)).toEqual([])
    const Person = z
      .object({
        id: z.int(),
        first_name: z.string().default(''),
        gender: z.string().max(50).default("it's"),
        score: z.number().nullable().default(5),
        data: z.object({ a: z.number() }).nullable().default({ a: 1 }),
        tags: z.array(z.string()).default([]),
        grid: z
          .array(z.array(z.int()))
          .nullable()
          .default([
            [1, 2],
            [3, 4],
          ]),
        created_at: z.date(),
      })
      .meta({ table: 'person' })
    const Pet = z
      .object({
        id: z.int(),
        name: z.string().nullable().meta({ unique: true }),
        owner_id: z.int().meta({ references: 'Person', onDelete: 'CASCADE', indexed: true }),
        species: z.enum(['cat', 'guinea-pig']).default('guinea-pig'),
      })
      .meta({ table: 'pet' })
    expect(await zodDrift({ Person, Pet }, place.sql)).toEqual([])
  }, 60_000)
})
