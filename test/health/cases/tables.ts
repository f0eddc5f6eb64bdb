import type { RuleCase } from './case.ts'

/** A case for each rule of `rules/tables`, sorted by rule. */
export const tableCases: readonly RuleCase[] = [
  {
    rule: 'disabled-trigger',
    defect: `create function f() returns trigger language plpgsql as 'begin return new; end'; create table items (id int primary key);
      create trigger kept before insert on items for each row execute function f(); alter table items disable trigger kept;
      create table parents (id int primary key); create table children (id int primary key, parent_id int constraint fk references parents);
      create index on children (parent_id); alter table children disable trigger all; alter table parents disable trigger all;
      create table copies (id int primary key); create trigger far before insert on copies for each row execute function f();
      alter table copies enable replica trigger far;`,
    clean: `create function f() returns trigger language plpgsql as 'begin return new; end'; create table items (id int primary key);
      create trigger kept before insert on items for each row execute function f();
      create table parents (id int primary key); create table children (id int primary key, parent_id int references parents);
      alter table children disable trigger all; alter table children enable trigger all;`,
    finds: ['children.fk', 'copies.far', 'items.kept', 'parents.children.fk'],
  },
  {
    rule: 'few-columns',
    defect: `create table nothing (); create table lone (id int primary key);`,
    clean: `create table items (id int primary key, name text);`,
    finds: ['lone', 'nothing'],
  },
  {
    rule: 'missing-table-comment',
    defect: `create table items (id int primary key);`,
    clean: `create table items (id int primary key); comment on table items is 'Things';`,
    finds: ['items'],
  },
  {
    rule: 'no-default-partition',
    defect: `create table parted (id int) partition by range (id); create table one partition of parted for values from (0) to (9);`,
    clean: `create table parted (id int) partition by list (id); create table one partition of parted for values in (1); create table rest partition of parted default;
      create table hashed (id int) partition by hash (id); create table h partition of hashed for values with (modulus 1, remainder 0);
      create table flags (id int, done boolean not null) partition by list (done); create table flags_yes partition of flags for values in (true); create table flags_no partition of flags for values in (false);`,
    finds: ['parted'],
  },
  {
    rule: 'no-partitions',
    defect: `create table parted (id int) partition by range (id);`,
    clean: `create table parted (id int) partition by range (id); create table one partition of parted default;`,
    finds: ['parted'],
  },
  {
    rule: 'quoted-name',
    defect: `create table "OrderItems" (id int primary key, "unitPrice" int, "a ""b""" int); create view "My view" as select 1 as one;`,
    clean: `create table order_items (id int primary key, _odd$name int);`,
    finds: ['My view', 'OrderItems', 'OrderItems.a "b"', 'OrderItems.unitPrice'],
  },
  {
    rule: 'reserved-name',
    defect: `create table "user" (id int primary key, "order" int);`,
    clean: `create table users (id int primary key, position int, name text);`,
    finds: ['user', 'user.order'],
  },
  {
    rule: 'rewrite-rule',
    defect: `create table items (id int primary key); create rule quiet as on delete to items do instead nothing;`,
    clean: `create table items (id int primary key); create view seen as select * from items;`,
    finds: ['items.quiet'],
  },
  {
    rule: 'table-inheritance',
    defect: `create table parents (id int primary key); create table children () inherits (parents);`,
    clean: `create table parted (id int) partition by range (id); create table one partition of parted default;`,
    finds: ['children'],
  },
  {
    rule: 'truncated-name',
    defect: `create table items (${'n'.repeat(63)} int, "${'o'.repeat(62)}äöü" int, fine int); create index ${'i'.repeat(70)} on items (fine);`,
    clean: `create table items (${'n'.repeat(61)} int);
      create table a_table_with_a_long_name_of_its_own_that_goes_on (a_column_with_a_long_name_too int check (a_column_with_a_long_name_too > 0));`,
    finds: [`items.${'i'.repeat(63)}`, `items.${'n'.repeat(63)}`, `items.${'o'.repeat(62)}`],
  },
  {
    rule: 'unlinked-table',
    defect: `create table alone (id int primary key);`,
    clean: `create table parents (id int primary key); create table children (parent_id int references parents);`,
    finds: ['alone'],
  },
  {
    rule: 'unlogged-table',
    defect: `create unlogged table items (id int primary key);`,
    clean: `create table items (id int primary key);`,
    finds: ['items'],
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
