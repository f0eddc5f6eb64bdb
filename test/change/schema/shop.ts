/** A schema with what tables usually have, and with views, triggers, policies and names that get in the way of changes. */
export const shop = `
  create schema shop; set search_path = shop;
  create type mood as enum ('new', 'it''s', 'done');
  create domain email as text check (value like '%@%');
  create table customers (id serial primary key, name varchar(80) not null default 'x', mail email, born date,
    balance numeric(10,2) default 0, state mood not null default 'new', unique (name, born), check (balance > -100));
  create table "Order Lines" ("Id" bigint generated always as identity primary key, "from" text, price numeric not null,
    total numeric generated always as (price * 2) stored, note text collate "C");
  create table orders (id uuid primary key default gen_random_uuid(), customer integer references customers on delete cascade,
    line bigint references "Order Lines", placed timestamptz default now(), amount smallint check (amount > 0),
    parent uuid references orders, tags text[] default '{}', body json, code integer unique deferrable, slot integer unique deferrable);
  create index on orders (customer, placed desc);
  create index recent on orders (placed) where amount > 5;
  create index lowered on customers (lower(name)) include (born);
  create unique index by_code on orders (code) include (amount);
  create table visits (customer integer, at timestamptz, path text) partition by range (at);
  create table visits_now partition of visits for values from ('2020-01-01') to ('2030-01-01');
  create table plain (id integer, small smallint not null, word varchar(10), words varchar(20), amount numeric(6,2) default 1);
  create table other (id bigint primary key, plain integer, word text, flag boolean, price numeric);
  create table kept (id integer primary key, secret text, hidden boolean);
  create view open_orders as select id, amount from orders where amount > 0;
  create materialized view counts as select state, count(*) from customers group by state;
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger touched before update of secret on kept for each row execute function touch();
  alter table kept enable row level security;
  create policy owners on kept using (hidden is not true);
  comment on column plain.word is 'a word'; comment on table plain is 'a table';
  reset search_path;`
