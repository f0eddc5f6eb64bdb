import type { RuleCase } from './case.ts'

/** Types, names, and what tables are made of. */
export const tableCases: readonly RuleCase[] = [
  {
    rule: 'json-column',
    defect: `create table items (a json, "B" json[]);`,
    clean: `create table items (a jsonb);`,
    finds: ['items.B', 'items.a'],
    isMended: false,
  },
  {
    rule: 'char-column',
    defect: `create table items (code char(3));`,
    clean: `create table items (code text, kind "char", short varchar(3));`,
    finds: ['items.code'],
  },
  {
    rule: 'varchar-limit',
    defect: `create table items (code varchar(3));`,
    clean: `create table items (code varchar, note text);`,
    finds: ['items.code'],
  },
  {
    rule: 'money-column',
    defect: `create table items (price money);`,
    clean: `create table items (price numeric(10, 2));`,
    finds: ['items.price'],
  },
  {
    rule: 'naive-timestamp',
    defect: `create table items (made timestamp);`,
    clean: `create table items (made timestamptz, day date);`,
    finds: ['items.made'],
  },
  {
    rule: 'timetz-column',
    defect: `create table items (opens timetz);`,
    clean: `create table items (opens time);`,
    finds: ['items.opens'],
  },
  {
    rule: 'upgrade-blocking-type',
    defect: `create table items (f regproc, g regprocedure);`,
    clean: `create table items (c regclass, t regtype, r regrole);`,
    finds: ['items.f', 'items.g'],
  },
  {
    rule: 'float-key',
    defect: `create table items (id double precision primary key);`,
    clean: `create table items (id numeric primary key, weight real);`,
    finds: ['items.id'],
  },
  {
    rule: 'reserved-name',
    defect: `create table "user" (id int primary key, "order" int);`,
    clean: `create table users (id int primary key, position int, name text);`,
    finds: ['user', 'user.order'],
  },
  {
    rule: 'quoted-name',
    defect: `create table "OrderItems" (id int primary key, "unitPrice" int, "a ""b""" int); create view "My view" as select 1 as one;`,
    clean: `create table order_items (id int primary key, _odd$name int);`,
    finds: ['My view', 'OrderItems', 'OrderItems.a "b"', 'OrderItems.unitPrice'],
  },
  {
    rule: 'few-columns',
    defect: `create table nothing (); create table lone (id int primary key);`,
    clean: `create table items (id int primary key, name text);`,
    finds: ['lone', 'nothing'],
  },
  {
    rule: 'all-nullable',
    defect: `create table items (id int primary key, a int, b int);`,
    clean: `create table items (id int primary key, a int not null, b int); create table link (id int primary key, a int);`,
    finds: ['items'],
  },
  {
    rule: 'unlinked-table',
    defect: `create table alone (id int primary key);`,
    clean: `create table parents (id int primary key); create table children (parent_id int references parents);`,
    finds: ['alone'],
  },
  {
    rule: 'missing-table-comment',
    defect: `create table items (id int primary key);`,
    clean: `create table items (id int primary key); comment on table items is 'Things';`,
    finds: ['items'],
  },
  {
    rule: 'missing-column-comment',
    defect: `create table items (id int primary key);`,
    clean: `create table items (id int primary key); comment on column items.id is 'Number';`,
    finds: ['items.id'],
  },
  {
    rule: 'autovacuum-disabled',
    defect: `create table items (id int primary key) with (autovacuum_enabled = off);`,
    clean: `create table items (id int primary key) with (fillfactor = 70, autovacuum_enabled = on);`,
    finds: ['items'],
  },
  {
    rule: 'no-default-partition',
    defect: `create table parted (id int) partition by range (id); create table one partition of parted for values from (0) to (9);`,
    clean: `create table parted (id int) partition by list (id); create table one partition of parted for values in (1); create table rest partition of parted default;
      create table hashed (id int) partition by hash (id); create table h partition of hashed for values with (modulus 1, remainder 0);`,
    finds: ['parted'],
  },
  {
    rule: 'no-partitions',
    defect: `create table parted (id int) partition by range (id);`,
    clean: `create table parted (id int) partition by range (id); create table one partition of parted default;`,
    finds: ['parted'],
  },
  {
    rule: 'disabled-trigger',
    defect: `create function f() returns trigger language plpgsql as 'begin return new; end'; create table items (id int primary key);
      create trigger kept before insert on items for each row execute function f(); alter table items disable trigger kept;`,
    clean: `create function f() returns trigger language plpgsql as 'begin return new; end'; create table items (id int primary key);
      create trigger kept before insert on items for each row execute function f();`,
    finds: ['items.kept'],
  },
  {
    rule: 'rewrite-rule',
    defect: `create table items (id int primary key); create rule quiet as on delete to items do instead nothing;`,
    clean: `create table items (id int primary key); create view seen as select * from items;`,
    finds: ['items.quiet'],
  },
  {
    rule: 'unlogged-table',
    defect: `create unlogged table items (id int primary key);`,
    clean: `create table items (id int primary key);`,
    finds: ['items'],
  },
  {
    rule: 'table-inheritance',
    defect: `create table parents (id int primary key); create table children () inherits (parents);`,
    clean: `create table parted (id int) partition by range (id); create table one partition of parted default;`,
    finds: ['children'],
  },
  {
    rule: 'unpopulated-view',
    defect: `create materialized view totals as select 1 as n with no data;`,
    clean: `create materialized view totals as select 1 as n;`,
    finds: ['totals'],
  },
  {
    rule: 'unrefreshable-view',
    defect: `create materialized view totals as select 1 as n; create unique index on totals ((n + 1));`,
    clean: `create materialized view totals as select 1 as n; create unique index on totals (n); create view plain as select 1 as n;`,
    finds: ['totals'],
  },
]
