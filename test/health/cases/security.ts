import type { RuleCase } from './case.ts'

/** A case for each rule of `rules/security`, sorted by rule. */
export const securityCases: readonly RuleCase[] = [
  {
    rule: 'definer-search-path',
    defect: `create function risky(a int, b text default 'x') returns int security definer language sql as 'select 1';
      create procedure also() security definer language sql as 'select 1';`,
    clean: `create function safe() returns int security definer set search_path = '' language sql as 'select 1'; create function plain() returns int language sql as 'select 1';
      create function bound() returns int language sql security definer begin atomic select 1; end;`,
    finds: ['also()', 'risky(a integer, b text)'],
  },
  {
    rule: 'definer-view',
    defect: `create table items (id int primary key); alter table items enable row level security; create view seen as select * from items;`,
    clean: `create table items (id int primary key); create view seen as select * from items;`,
    finds: ['seen'],
  },
  {
    rule: 'exposed-definer-function',
    isExposed: true,
    defect: `grant usage on schema $schema to anon; create function door(n int) returns int security definer set search_path = '' language sql as 'select 1';`,
    clean: `grant usage on schema $schema to anon; create function wall() returns int security definer set search_path = '' language sql as 'select 1';
      revoke execute on function wall() from public; create function plain() returns int language sql as 'select 1';`,
    finds: ['door(n integer)'],
  },
  {
    rule: 'exposed-foreign-table',
    isExposed: true,
    defect: `create foreign data wrapper $schema_w; create server $schema_s foreign data wrapper $schema_w; create foreign table far (id int) server $schema_s;`,
    clean: `create table near (id int primary key);`,
    finds: ['far'],
  },
  {
    rule: 'exposed-materialized-view',
    isExposed: true,
    defect: `create materialized view totals as select 1 as n;`,
    clean: `create view totals as select 1 as n;`,
    finds: ['totals'],
  },
  {
    rule: 'exposed-secret',
    defect: `create table users (id int primary key, name text, password_hash text, api_key text); grant usage on schema $schema to anon; grant select on users to anon;
      create table partly (id int primary key, token text); grant select (id, token) on partly to public; grant usage on schema $schema to public;`,
    clean: `create table users (id int primary key, name text, password_hash text, token_count int); grant usage on schema $schema to anon; grant select (id, name, token_count) on users to anon;
      create table hidden (secret text);`,
    finds: ['partly.token', 'users.api_key', 'users.password_hash'],
  },
  {
    rule: 'mutable-search-path',
    defect: `create function plain() returns int language sql as 'select 1';`,
    clean: `create function safe() returns int set search_path = pg_catalog language sql as 'select 1'; create aggregate total (int) (sfunc = int4pl, stype = int);
      create function bound() returns int language sql begin atomic select 1; end;`,
    finds: ['plain()'],
  },
  {
    rule: 'overlapping-policies',
    defect: `create table items (id int primary key); alter table items enable row level security; create policy a on items for select using (id > 0); create policy b on items to anon using (id > 5);`,
    clean: `create table items (id int primary key); alter table items enable row level security; create policy a on items for select using (id > 0);
      create policy b on items for delete using (id > 5); create policy c on items as restrictive for select using (id < 9);`,
    finds: ['items'],
  },
  {
    rule: 'policies-without-row-security',
    defect: `create table items (id int primary key); create policy own on items using (id > 0);`,
    clean: `create table items (id int primary key); create policy own on items using (id > 0); alter table items enable row level security;`,
    finds: ['items'],
  },
  {
    rule: 'policy-always-true',
    defect: `create table items (id int primary key); alter table items enable row level security; create policy everything on items using (true);
      create policy inserts on items for insert with check (true); create policy removes on items for delete using (true);`,
    clean: `create table items (id int primary key); alter table items enable row level security; create policy reads on items for select using (true);
      create policy writes on items for update using (id > 0); create policy narrow on items as restrictive using (true);
      create table shared (id int primary key, tenant text); alter table shared enable row level security; create policy everyone on shared using (true) with check (true); create policy own on shared as restrictive using (tenant = current_user) with check (tenant = current_user);`,
    finds: ['items.everything', 'items.inserts', 'items.removes'],
  },
  {
    rule: 'policy-call-per-row',
    defect: `create table items (id int primary key, owner text); alter table items enable row level security; create policy own on items using (owner = current_setting('app.user', true));`,
    clean: `create table items (id int primary key, owner text); alter table items enable row level security; create policy own on items using (owner = (select current_setting('app.user', true)));
      create table claims (id int primary key, who uuid); alter table claims enable row level security; create policy once on claims using (who = (select (current_setting('request.jwt', true)::json ->> 'sub')::uuid));`,
    finds: ['items.own'],
  },
  {
    rule: 'row-security-disabled',
    isExposed: true,
    defect: `create table open (id int primary key);`,
    clean: `create table guarded (id int primary key); alter table guarded enable row level security;`,
    finds: ['open'],
  },
  {
    rule: 'row-security-without-policy',
    defect: `create table items (id int primary key); alter table items enable row level security;`,
    clean: `create table items (id int primary key); create policy own on items using (id > 0); alter table items enable row level security;`,
    finds: ['items'],
  },
]
