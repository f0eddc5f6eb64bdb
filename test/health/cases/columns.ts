import type { RuleCase } from './case.ts'

/** A case for each rule of `rules/columns`, sorted by rule. */
export const columnCases: readonly RuleCase[] = [
  {
    rule: 'all-nullable',
    defect: `create table items (id int primary key, a int, b int);`,
    clean: `create table items (id int primary key, a int not null, b int); create table link (id int primary key, a int);`,
    finds: ['items'],
  },
  {
    rule: 'char-column',
    defect: `create table items (code char(3));`,
    clean: `create table items (code text, kind "char", short varchar(3));`,
    finds: ['items.code'],
  },
  {
    rule: 'float-key',
    defect: `create table items (id double precision primary key);`,
    clean: `create table items (id numeric primary key, weight real);`,
    finds: ['items.id'],
  },
  {
    rule: 'json-column',
    defect: `create table items (a json, "B" json[]);`,
    clean: `create table items (a jsonb);`,
    finds: ['items.B', 'items.a'],
    isMended: false,
  },
  {
    rule: 'missing-column-comment',
    defect: `create table items (id int primary key);`,
    clean: `create table items (id int primary key); comment on column items.id is 'Number';`,
    finds: ['items.id'],
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
    rule: 'varchar-limit',
    // a policy of another table reads items.code, so its type cannot be changed
    defect: `create table items (code varchar(3)); create table lists (code varchar(3)); create table notes (id int);
      alter table notes enable row level security;
      create policy own on notes using (id::text = (select code from items limit 1));`,
    clean: `create table items (code varchar, note text);`,
    finds: ['items.code', 'lists.code'],
  },
]
