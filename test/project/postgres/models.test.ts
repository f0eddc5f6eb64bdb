import { expect, it } from 'vitest'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

describePostgres('databaseModels', ({ createDatabase }) => {
  it('databaseModels() reads tables as models, with names, fields, keys and relations', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`
      create type role as enum ('reader', 'it''s me');
      create domain short_text as varchar(20);
      create domain shorter_text as short_text;
      create table users (
        id int generated always as identity primary key,
        email varchar(80) not null unique,
        role role not null default 'reader',
        nickname shorter_text,
        tags text[] not null default '{}',
        seen_at timestamptz default now(),
        doubled int generated always as (1 + 1) stored
      );
      comment on table users is 'People who sign in';
      comment on column users.email is 'Where mail goes';
      create table blog_posts (
        id bigserial primary key,
        author_id int not null references users on delete cascade,
        editor_id int unique references users,
        payload jsonb
      );
      create index on blog_posts (author_id, editor_id);
      create table categories (id uuid primary key);
      create table post_categories (
        post_id bigint references blog_posts,
        category_id uuid references categories,
        primary key (post_id, category_id)
      );
    `)
    const models = await databaseModels().read(postgresDatabase(sql))
    const byName = Object.fromEntries(models.map((model) => [model.name, model]))
    expect(Object.keys(byName).sort()).toEqual(['BlogPost', 'Category', 'PostCategory', 'User'])

    expect(byName.User).toMatchObject({
      table: 'users',
      schema: 'public',
      description: 'People who sign in',
      relations: [],
    })
    const fields = Object.fromEntries(byName.User?.fields.map((field) => [field.name, field]) ?? [])
    expect(Object.keys(fields)).toEqual([
      'id',
      'email',
      'role',
      'nickname',
      'tags',
      'seen_at',
      'doubled',
    ])
    expect(fields.id).toMatchObject({
      type: 'integer',
      tsType: 'number',
      nullable: false,
      default: null,
      primaryKey: true,
      unique: true,
      indexed: true,
    })
    expect(fields.email).toMatchObject({
      type: 'character varying(80)',
      tsType: 'string',
      maxLength: 80,
      unique: true,
      primaryKey: false,
      description: 'Where mail goes',
    })
    expect(fields.role).toMatchObject({
      type: 'public.role',
      tsType: `'reader' | 'it\\'s me'`,
      default: `'reader'::public.role`,
    })
    expect(fields.nickname).toMatchObject({
      type: 'public.shorter_text',
      tsType: 'string',
      maxLength: 20,
      nullable: true,
    })
    expect(fields.tags).toMatchObject({ type: 'text[]', tsType: 'string[]', maxLength: null })
    expect(fields.seen_at).toMatchObject({ tsType: 'Date', default: 'now()' })
    expect(fields.doubled).toMatchObject({ default: null })
  })
})
