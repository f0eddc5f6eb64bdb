import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ModelSource } from '../../../src/index.ts'
import { drizzleModels } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { driftOf } from '../../support/drift.ts'
import { observeEffect } from '../../support/fix-effects.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { installTool } from '../../support/tools.ts'

let folder = ''
let files = 0

beforeAll(async () => {
  const modules = await installTool('drizzle-0', 'drizzle-orm@0.45.1')
  folder = await mkdtemp(join(modules, '../drift-fixes-'))
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Returns the models of a Drizzle table `t`, written in Drizzle's own language. */
async function drizzle(columns: string, extras = '[]'): Promise<ModelSource> {
  const path = join(folder, `schema${files++}.mjs`)
  await writeFile(
    path,
    `import { sql } from 'drizzle-orm'
    import * as pg from 'drizzle-orm/pg-core'
    const mood = pg.pgSchema('dd').enum('user-mood', ['sunny', 'dark'])
    const vector = pg.customType({ dataType: () => 'nosuchtype' })
    export const T = pg.pgTable('t', { ${columns} }, (t) => ${extras})`,
  )
  return drizzleModels((await import(pathToFileURL(path).href)) as Record<string, unknown>)
}

function expectUndo(error: Error): void {
  if (error.message !== 'undo') throw error
}

/** Runs every fix of the drift on a table with rows; returns the fixes, the advice without SQL, and what is left after them. */
async function mend(statements: string, source: ModelSource) {
  const { sql, url } = await createSharedDatabase()
  try {
    await sql.unsafe(
      `create schema dd; create type dd."user-mood" as enum ('sunny', 'dark'); ${statements}`,
    )
    const issues = await driftOf(source, sql)
    const fixes = issues.flatMap(({ fix }) => fix ?? [])
    for (const { fix, effect } of issues) {
      if (!fix || fix.includes('CONCURRENTLY')) continue
      const one = postgres(url, { max: 1, onnotice: () => undefined })
      const seen = await observeEffect(one, fix.split('\n')).finally(() => one.end())
      expect({ fix, effect }).toEqual({ fix, effect: seen })
    }
    for (const fix of fixes) {
      const steps = fix.split('\n')
      // first as a whole, which leaves nothing behind, and then step by step
      if (!fix.includes('CONCURRENTLY'))
        await sql.unsafe(`do $do$ begin ${fix} raise 'undo'; end $do$`).catch(expectUndo)
      for (const step of steps) await sql.unsafe(step)
    }
    const left = await driftOf(source, sql)
    const checks =
      await sql`select conname from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`
    return {
      fixes,
      hints: issues.map(({ hint }) => hint ?? ''),
      advice: issues
        .filter(({ fix, kind }) => fix === null && kind !== 'extra_table')
        .map(({ kind, hint }) => `${kind}: ${hint}`),
      left: left.map(({ id }) => id),
      checks: checks.length,
    }
  } finally {
    await sql.end()
  }
}

const rows = 'create table t (id int primary key); insert into t select generate_series(1, 3);'
const partitioned = `create table t (id int, k int, primary key (id)) partition by hash (id);
  create table t0 partition of t for values with (modulus 1, remainder 0); insert into t values (1, 1), (2, 2);`
const id = 'id: pg.integer().primaryKey()'

describe('fixes of drift', () => {
  it.each([
    [
      'a constant default',
      `${id}, n: pg.integer().notNull().default(0)`,
      /DEFAULT 0 NOT NULL/,
      /does not rewrite/,
    ],
    [
      'a text default',
      `${id}, n: pg.text().notNull().default("it's")`,
      /DEFAULT 'it''s'/,
      /does not rewrite/,
    ],
    [
      'now()',
      `${id}, n: pg.timestamp().notNull().defaultNow()`,
      /DEFAULT now\(\)/,
      /does not rewrite/,
    ],
    [
      'a random default',
      `${id}, n: pg.uuid().notNull().defaultRandom()`,
      /gen_random_uuid/,
      /may rewrite/,
    ],
    [
      'an identity',
      `${id}, n: pg.integer().generatedAlwaysAsIdentity()`,
      /AS IDENTITY/,
      /may rewrite/,
    ],
    ['a serial', `${id}, n: pg.serial()`, /n serial/, /may rewrite/],
    [
      'an expression',
      `${id}, n: pg.integer().generatedAlwaysAs(sql\`id * 2\`)`,
      /\(id \* 2\) STORED/,
      /may rewrite/,
    ],
    [
      'an array',
      `${id}, n: pg.text().array().notNull().default(['a b'])`,
      /text\[\]/,
      /does not rewrite/,
    ],
    [
      'an enum of another schema',
      `${id}, n: mood().notNull().default('dark')`,
      /dd\."user-mood"/,
      /does not rewrite/,
    ],
    [
      'a document',
      `${id}, n: pg.jsonb().notNull().default({ a: "it's" })`,
      /jsonb/,
      /does not rewrite/,
    ],
    [
      'no default',
      `${id}, "Odd name": pg.varchar({ length: 5 })`,
      /"Odd name" varchar\(5\)/,
      /does not rewrite/,
    ],
  ])('adds a missing column with %s to a table with rows', async (_what, columns, fix, lock) => {
    const { fixes, hints, left } = await mend(rows, await drizzle(columns))
    expect({ fixes, left }).toEqual({ fixes: [expect.stringMatching(fix)], left: [] })
    expect(hints[0]).toMatch(lock)
    expect(hints[0]).toMatch(/ACCESS EXCLUSIVE/)
  })

  it.each([
    ['NOT NULL without a default', rows, `${id}, n: pg.integer().notNull()`, /add it as nullable/],
    ['an unknown type', rows, `${id}, n: vector()`, /Create the type/],
    [
      'a partition',
      partitioned.replaceAll('t0', 'x').replaceAll(/\bt\b/g, 'parent').replaceAll(/\bx\b/g, 't'),
      `${id}, k: pg.integer(), n: pg.integer()`,
      /Add it to parent/,
    ],
    [
      'a view',
      `${rows} alter table t rename to base; create view t as select * from base;`,
      'id: pg.integer(), n: pg.integer()',
      /view/,
    ],
  ])('gives advice without SQL for a missing column with %s', async (_what, ddl, columns, hint) => {
    const { fixes, advice } = await mend(ddl, await drizzle(columns))
    expect(fixes).toEqual([])
    expect(advice).toEqual([expect.stringMatching(hint)])
  })

  it.each([
    [
      'a plain index',
      rows,
      '[pg.index().on(t.id)]',
      /^CREATE INDEX CONCURRENTLY ON public\.t \(id\);$/,
    ],
    ['an order', rows, '[pg.index().on(t.id.desc())]', /\(id DESC NULLS LAST\)/],
    [
      'an expression with a condition',
      rows,
      '[pg.uniqueIndex().on(sql`abs(${t.id})`).where(sql`${t.id} > 1`)]',
      /^CREATE UNIQUE INDEX CONCURRENTLY ON public\.t \(\(abs\("id"\)\)\) WHERE "id" > 1;$/,
    ],
    ['equal nulls', rows, '[pg.unique().on(t.id).nullsNotDistinct()]', /NULLS NOT DISTINCT/],
    ['another method', rows, "[pg.index().using('hash', t.id)]", /USING hash/],
    [
      'a partitioned table',
      partitioned,
      '[pg.index().on(t.k)]',
      /^CREATE INDEX ON public\.t \(k\);$/,
    ],
    [
      'a unique index with the partition key',
      partitioned,
      '[pg.uniqueIndex().on(t.k, t.id)]',
      /^CREATE UNIQUE INDEX ON/,
    ],
  ])('creates a missing index with %s', async (_what, ddl, extras, fix) => {
    const columns = ddl === rows ? id : `${id}, k: pg.integer()`
    const { fixes, left, hints } = await mend(ddl, await drizzle(columns, extras))
    expect({ fixes, left }).toEqual({ fixes: [expect.stringMatching(fix)], left: [] })
    expect(hints[0]).toMatch(ddl === rows ? /blocks neither reads nor writes/ : /SHARE lock/)
  })

  it.each([
    [
      'of a missing column',
      rows,
      `${id}, k: pg.integer()`,
      '[pg.index().on(t.k)]',
      /Add the column first/,
    ],
    [
      'that a partitioned table cannot have',
      partitioned,
      `${id}, k: pg.integer()`,
      '[pg.uniqueIndex().on(t.k)]',
      /partition key/,
    ],
    [
      'over a type without an order',
      'create table t (id int primary key, k json);',
      `${id}, k: pg.json()`,
      '[pg.index().on(t.k)]',
      /no order/,
    ],
    [
      'that exists in another order',
      `${rows} create index on t (id desc);`,
      id,
      '[pg.index().on(t.id)]',
      /drop the other/,
    ],
  ])('gives advice without SQL for an index %s', async (...[, ddl, columns, extras, hint]) => {
    const { advice } = await mend(ddl, await drizzle(columns, extras))
    expect(advice).toEqual([expect.stringMatching(hint)])
  })

  it('makes a column NOT NULL by a check that is validated, and leaves no check behind', async () => {
    const columns = `${id}, "it's": pg.text("it's").notNull()`
    const { fixes, left, checks, hints } = await mend(
      `create table t (id int primary key, "it's" text); insert into t values (1, 'x');`,
      await drizzle(columns),
    )
    expect({ fixes: fixes.length, left, checks }).toEqual({ fixes: 1, left: [], checks: 0 })
    expect(fixes[0]).toMatch(
      /NOT VALID;\n.*VALIDATE CONSTRAINT.*\n.*SET NOT NULL;\n.*DROP CONSTRAINT/,
    )
    expect(hints[0]).toMatch(/SHARE UPDATE EXCLUSIVE/)
  })

  it('makes a column NOT NULL in one statement where a check proves it', async () => {
    const { fixes, left } = await mend(
      'create table t (id int primary key, k int check (k is not null)); insert into t values (1, 1);',
      await drizzle(`${id}, k: pg.integer().notNull()`),
    )
    expect({ fixes, left }).toEqual({
      fixes: ['ALTER TABLE public.t ALTER COLUMN k SET NOT NULL;'],
      left: [],
    })
  })

  it('drops NOT NULL where nothing else demands a value, and gives advice elsewhere', async () => {
    const plain = await mend(
      'create table t (id int primary key, k int not null);',
      await drizzle(`${id}, k: pg.integer()`),
    )
    expect(plain.fixes).toEqual(['ALTER TABLE public.t ALTER COLUMN k DROP NOT NULL;'])
    expect(plain.left).toEqual([])
    const key = await mend(
      'create table t (id int, k int, primary key (id, k));',
      await drizzle(`${id}, k: pg.integer()`),
    )
    expect(key.fixes).toEqual([])
    expect(key.advice).toContainEqual(expect.stringMatching(/nullability.*primary key/))
  })

  it('mends what zod models declare, also on a partitioned table', async () => {
    const T = z.object({ id: z.int(), k: z.int().meta({ indexed: true }) }).meta({ table: 't' })
    const { fixes, left } = await mend(partitioned, zodModels({ T }))
    expect(fixes.length).toBe(2)
    expect(left).toEqual([])
  })
})
