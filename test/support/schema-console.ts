import { defineProject } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import { type ConsoleOptions, openConsole } from './console.ts'
import type { PostgresFixture } from './postgres.ts'

/** A name with markup, a mark that turns text around, a zero-width space, quotes and an emoji. */
export const hostileName = `<img src=x onerror=alert(1)>"'\u202E\u200B🙂`

/** Runs SQL in an empty database, and opens the console of a project whose models are the tables of the schema `shop`. */
export async function openSchemaConsole(
  postgres: PostgresFixture,
  statements: string,
  options: ConsoleOptions = {},
) {
  const { sql } = await postgres.createDatabase()
  await sql.unsafe(`create schema shop; set search_path = shop; ${statements}; reset search_path`)
  const project = defineProject({
    name: 'Shop',
    apps: [{ label: 'shop', models: databaseModels({ schema: 'shop' }) }],
  })
  const opened = await openConsole({ project, database: postgresDatabase(sql), ...options })
  return { ...opened, sql }
}

/** A small shop: two tables with a key between them, one of them with rules of every kind, and one alone. */
export const shopTables = `
  create type state as enum ('open', 'sent');
  create table customers (id int primary key, name text not null, email varchar(80) unique);
  comment on table customers is 'People who order.';
  create table orders (
    id int primary key, customer_id int not null references customers on delete cascade, state state not null default 'open',
    total numeric(10, 2) check (total > 0), placed_at timestamptz default now()
  );
  create index orders_open on orders (placed_at) where state = 'open';
  create table parcels (id int primary key, order_id int references orders, code text);
  create table countries (code char(2) primary key);
  alter table orders enable row level security;
  create policy own_orders on orders for select using (customer_id = 1);
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger orders_touch before update on orders for each row execute function touch();
`
