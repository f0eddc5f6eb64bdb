import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { drizzleModels, postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { compareModels } from '../../../src/health/drift/compare-models.ts'
import type { Issue } from '../../../src/health/kit/issue.ts'
import type { Model } from '../../../src/project/model.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { installTool } from '../../support/tools.ts'

/** The part of Drizzle's types that the schema below needs. */
type Builder = { [method: string]: (...args: unknown[]) => Builder } & Record<string, unknown>
type Drizzle = Record<string, (...args: unknown[]) => Builder>

const schemaOf = (pg: Drizzle, sql: (parts: TemplateStringsArray) => unknown) => {
  const { pgTable, pgSchema, pgEnum, serial, integer, varchar, text, timestamp, uuid } = pg
  const { numeric, jsonb, boolean, bigint, index, uniqueIndex, unique, foreignKey, primaryKey } = pg
  const call = (make: Drizzle[string] | undefined, ...args: unknown[]): Builder => {
    if (!make) throw new Error('Drizzle has no such function')
    return make(...args)
  }
  const on = (builder: Builder, method: string, ...args: unknown[]): Builder => {
    const run = builder[method]
    if (typeof run !== 'function') throw new Error(`Drizzle has no ${method}`)
    return run.apply(builder, args)
  }
  const mood = call(pgEnum, 'mood', ['sunny', 'dark']) as unknown as (name: string) => Builder
  const users = call(pgTable, 'users', {
    id: on(call(serial, 'id'), 'primaryKey'),
    email: on(on(call(varchar, 'email', { length: 80 }), 'notNull'), 'unique'),
    createdAt: on(
      on(call(timestamp, 'created_at', { withTimezone: true, precision: 3 }), 'defaultNow'),
      'notNull',
    ),
    mood: on(mood('mood'), 'default', 'sunny'),
    tags: on(call(text, 'tags'), 'array'),
    data: on(call(jsonb, 'data'), 'default', { b: 1, a: [true] }),
    number: on(call(bigint, 'number', { mode: 'number' }), 'generatedAlwaysAsIdentity'),
    loud: on(call(text, 'loud'), 'generatedAlwaysAs', sql`upper(email)`),
    isActive: on(on(call(boolean), 'default', true), 'notNull'),
    passwordHash: call(text, 'password_hash'),
  })
  const shop = call(pgSchema, 'shop')
  const posts = on(
    shop,
    'table',
    'posts',
    {
      id: on(on(call(uuid, 'id'), 'defaultRandom'), 'notNull'),
      userId: on(call(integer, 'user_id'), 'references', () => users.id, { onDelete: 'cascade' }),
      price: on(call(numeric, 'price', { precision: 10, scale: 2 }), 'default', '1.5'),
      slot: call(integer, 'slot'),
    },
    (t: Builder) => [
      call(primaryKey, { columns: [t.id] }),
      on(
        on(call(index, 'posts_user'), 'on', t.userId, sql`lower(price::text)`),
        'where',
        sql`slot > 1`,
      ),
      on(call(uniqueIndex, 'posts_price'), 'on', t.price),
      on(call(unique, 'posts_pair'), 'on', t.slot, t.userId),
      on(
        call(foreignKey, { columns: [t.slot], foreignColumns: [users.id], name: 'posts_slot_fk' }),
        'onDelete',
        'set null',
      ),
    ],
  )
  return { users, posts, mood, helper: () => 1 }
}

const matching = `
  create type mood as enum ('sunny', 'dark');
  create table users (id serial primary key, email varchar(80) not null constraint users_email_unique unique,
    created_at timestamp(3) with time zone default now() not null, mood mood default 'sunny', tags text[],
    data jsonb default '{"a": [true], "b": 1}'::jsonb, number bigint generated always as identity, loud text generated always as (upper(email)) stored,
    "isActive" boolean default true not null, password_hash text);
  create schema shop;
  create table shop.posts (id uuid default gen_random_uuid() not null, user_id int references users (id) on delete cascade,
    price numeric(10, 2) default '1.5', slot int, primary key (id), constraint posts_pair unique (slot, user_id),
    constraint posts_slot_fk foreign key (slot) references users (id) on delete set null);
  create index posts_user on shop.posts (user_id, lower(price::text)) where slot > 1;
  create unique index posts_price on shop.posts (price);`

describe.each([
  ['0.45', 'drizzle-0', 'drizzle-orm@0.45.1'],
  ['1.0 (rc)', 'drizzle-1', 'drizzle-orm@1.0.0-rc.4'],
])('drizzleModels with Drizzle %s', (_version, name, spec) => {
  let schema: Record<string, unknown>
  let models: readonly Model[]

  beforeAll(async () => {
    const folder = join(await installTool(name, spec), 'drizzle-orm')
    const load = async (file: string) =>
      (await import(pathToFileURL(join(folder, file)).href)) as Drizzle
    const { sql } = await load('index.js')
    schema = schemaOf(await load('pg-core/index.js'), sql as never)
    models = await drizzleModels(schema).read(null)
  }, 120_000)

  async function compare(statements: string): Promise<Issue[]> {
    const { sql } = await createSharedDatabase()
    try {
      await sql.unsafe(statements)
      const catalog = await readCatalog(postgresDatabase(sql))
      return compareModels(
        models.map((model) => ({ ...model, app: 'blog' })),
        catalog,
      )
    } finally {
      await sql.end()
    }
  }

  it('Drizzle tables become models with names, types and relations', () => {
    const [user, post] = models
    expect(user).toMatchObject({ name: 'User', table: 'users', schema: null })
    expect(post).toMatchObject({
      name: 'Post',
      schema: 'shop',
      relations: [
        { name: 'user', to: 'User', fields: ['userId'], onDelete: 'CASCADE', nullable: true },
        { name: 'slot', to: 'User', onDelete: 'SET NULL' },
      ],
    })
    const fields = user?.fields.map(({ name, column, tsType }) => [name, column, tsType])
    expect(fields).toEqual([
      ['id', 'id', 'number'],
      ['email', 'email', 'string'],
      ['createdAt', 'created_at', 'Date'],
      ['mood', 'mood', "'sunny' | 'dark'"],
      ['tags', 'tags', 'string[]'],
      ['data', 'data', 'unknown'],
      ['number', 'number', 'number'],
      ['loud', 'loud', 'string'],
      ['isActive', 'isActive', 'boolean'],
      ['passwordHash', 'password_hash', 'string'],
    ])
    expect(user?.fields.filter(({ sensitive }) => sensitive)).toMatchObject([
      { name: 'passwordHash' },
    ])
    expect(user?.fields.find(({ name: field }) => field === 'email')).toMatchObject({
      unique: true,
      nullable: false,
      maxLength: 80,
    })
  })

  it('Drizzle tables do not drift from the database that they describe', async () => {
    expect(await compare(matching)).toEqual([])
  })

  it('Drizzle tables drift from a database that changed', async () => {
    const issues = await compare(`${matching}
      alter table users drop column loud;
      alter table users alter column email type varchar(90), alter column mood set default 'dark', alter column created_at drop default;
      alter table users drop constraint users_email_unique, add extra int, alter column tags type jsonb using null;
      alter table users alter column data set default '{"b": 2}';
      alter table shop.posts drop constraint posts_slot_fk, alter column slot set not null, alter column id drop default;
      alter table shop.posts drop constraint posts_user_id_fkey, add foreign key (user_id) references users (id);
      drop index shop.posts_user; create index posts_slot on shop.posts (slot); drop index shop.posts_price; create index posts_price on shop.posts (price);
      alter table shop.posts drop constraint posts_pkey, add primary key (user_id);`)
    expect(issues.map(({ id, severity }) => `${id} ${severity}`)).toEqual([
      'blog.User.email.type_mismatch info',
      'blog.User.created_at.default_mismatch warning',
      'blog.User.mood.default_mismatch warning',
      'blog.User.tags.type_mismatch danger',
      'blog.User.data.default_mismatch warning',
      'blog.User.loud.missing_column danger',
      'blog.User.extra.extra_column warning',
      'blog.User.email.unique_mismatch warning',
      'blog.Post.id.pk_mismatch danger',
      'blog.Post.id.default_mismatch warning',
      'blog.Post.user_id.nullability_mismatch warning',
      'blog.Post.user_id.pk_mismatch danger',
      'blog.Post.slot.nullability_mismatch warning',
      'blog.Post.user_id+(expression).index_mismatch info',
      'blog.Post.price.unique_mismatch warning',
      'blog.Post.price.index_mismatch info',
      'blog.Post.slot.index_mismatch info',
      'blog.Post.user_id.fk_mismatch warning',
      'blog.Post.slot.fk_mismatch warning',
    ])
  })

  it('drizzleModels applies the casing of the database object', async () => {
    const [user] = await drizzleModels(schema, { casing: 'snake_case' }).read(null)
    expect(user?.fields.find(({ name: field }) => field === 'isActive')?.column).toBe('is_active')
  })
})

it('drizzleModels refuses values without a Drizzle table', () => {
  expect(() => drizzleModels({ helper: () => 1, nothing: null })).toThrow(/Drizzle table/)
})
