import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { compareModels } from '../../../src/health/drift/compare-models.ts'
import { driftKinds, type Issue } from '../../../src/health/kit/issue.ts'
import { zodModels } from '../../../src/zod.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

const Author = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.email().meta({ unique: true }),
  born: z.date().nullable(),
  role: z.enum(['reader', 'writer']).default('reader'),
  tags: z.array(z.string()),
  profile: z.object({ bio: z.string() }).optional(),
})
const Book = z.object({
  id: z.int(),
  title: z.string().max(80).meta({ indexed: true }),
  pages: z.number().default(0),
  author: Author.meta({ references: 'Author', onDelete: 'CASCADE' }),
  get authors() {
    return z.array(Author)
  },
})

const matching = `
  create type role as enum ('reader', 'writer');
  create table authors (id uuid primary key, name text not null, email varchar(80) not null unique, born timestamptz,
    role role not null default 'reader', tags text[] not null, profile jsonb);
  create table books (id bigserial primary key, title text not null, pages int not null default 0,
    author_id uuid not null references authors on delete cascade);
  create index on books (title);
  create table book_authors (book_id bigint references books, author_id uuid references authors);
  create table schema_migrations (version text primary key);`

/** Returns the drift between the models and a database that these statements create. */
async function compare(
  statements: string,
  models: Parameters<typeof zodModels>[0] = { Author, Book },
): Promise<Issue[]> {
  const { sql } = await createSharedDatabase()
  try {
    await sql.unsafe(statements)
    const declared = await zodModels(models).read(null)
    const catalog = await readCatalog(postgresDatabase(sql))
    return compareModels(
      declared.map((model) => ({ ...model, app: 'library' })),
      catalog,
    )
  } finally {
    await sql.end()
  }
}

describe('compareModels with zod models', () => {
  it('zod models do not drift from a matching database that has further indexes and tables', async () => {
    expect(await compare(matching)).toEqual([])
  })

  it('zod models can drift in all eleven ways', async () => {
    const issues = await compare(
      `${matching}
      drop table books, book_authors;
      alter table authors drop constraint authors_pkey, drop constraint authors_email_key, drop column born;
      alter table authors alter column name drop not null, alter column tags type int using 0, add legacy text not null;
      alter table authors alter column role set default 'writer', alter column profile set not null;
      create table notes (id int primary key, author_id uuid not null, heading text);
      create table old_logs (line text, at timestamptz);`,
      {
        Author,
        Book,
        Note: z.object({
          id: z.int(),
          author: Author,
          heading: z.string().nullable().meta({ indexed: true }),
        }),
      },
    )
    expect(issues.map(({ id, severity }) => `${id} ${severity}`)).toEqual([
      'library.Author.id.pk_mismatch danger',
      'library.Author.name.nullability_mismatch danger',
      'library.Author.born.missing_column danger',
      'library.Author.role.default_mismatch warning',
      'library.Author.tags.type_mismatch danger',
      'library.Author.profile.nullability_mismatch warning',
      'library.Author.legacy.extra_column warning',
      'library.Author.email.unique_mismatch warning',
      'library.Book.missing_table danger',
      'library.Note.heading.index_mismatch info',
      'library.Note.author_id.fk_mismatch warning',
      'old_logs.extra_table warning',
    ])
    expect(new Set(issues.map(({ kind }) => kind))).toEqual(new Set(driftKinds))
  })

  it('zod models drift when a foreign key has another action on delete', async () => {
    const [issue, ...more] = await compare(
      matching.replace('on delete cascade', 'on delete set null'),
    )
    expect(more).toEqual([])
    expect(issue).toMatchObject({
      kind: 'fk_mismatch',
      expected: { on_delete: 'CASCADE' },
      actual: { on_delete: 'SET NULL' },
    })
  })

  it('an issue of drift names the declared value, the actual value and the fix', async () => {
    const [issue] = await compare(
      `${matching} alter table authors alter column name drop not null;`,
    )
    expect(issue).toMatchObject({
      kind: 'nullability_mismatch',
      expected: { nullable: false },
      actual: { nullable: true },
      message: 'authors.name may be null, but Author declares it required',
      fix: expect.stringContaining('ALTER TABLE public.authors ALTER COLUMN name SET NOT NULL;'),
      tags: ['constraint'],
    })
  })

  it('a table with two ids that lead to no model is not a junction', async () => {
    const issues = await compare(
      `${matching} create table sessions (device_id int, visitor_id int);`,
    )
    expect(issues.map(({ id }) => id)).toEqual(['sessions.extra_table'])
  })

  it('zod models can be stored in tables of other schemas and in views', async () => {
    const issues = await compare(
      `${matching}
      create schema shop; create table shop.orders (id int primary key); create table shop.extra (id int);
      create view titles as select title from books;`,
      {
        Author,
        Book,
        Order: z.object({ id: z.int() }).meta({ schema: 'shop' }),
        Title: z.object({ title: z.string() }),
      },
    )
    expect(issues.map(({ id }) => id)).toEqual(['shop.extra.extra_table'])
  })

  it('zod models drift when a column type cannot store the values', async () => {
    const Value = z.object({
      a: z.string(),
      b: z.string(),
      c: z.number(),
      d: z.boolean(),
      e: z.iso.datetime(),
      f: z.bigint(),
      g: z.union([z.string(), z.number()]),
      h: z.record(z.string(), z.unknown()),
    })
    const fitting =
      `create table values (a numeric not null, b citext not null, c money not null, d bool not null, e timestamptz not null,
      f int8 not null, g bytea not null, h jsonb not null)`.replace('values', 'public.values')
    const wrong = `create table public.values (a bool not null, b int4 not null, c text not null, d int not null, e int not null,
      f text not null, g bytea not null, h text not null)`
    const kinds = async (sql: string) =>
      (await compare(`create extension citext; ${sql}`, { Value }))
        .filter(({ kind }) => kind === 'type_mismatch')
        .map(({ column }) => column)
    expect(await kinds(fitting)).toEqual([])
    expect(await kinds(wrong)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'h'])
  })
})
