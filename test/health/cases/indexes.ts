import type { RuleCase } from './case.ts'

/** A case for each rule of `rules/indexes`, sorted by rule. */
export const indexCases: readonly RuleCase[] = [
  {
    rule: 'btree-on-container',
    defect: `create table items (id int primary key, tags text[], data jsonb); create index by_tags on items (tags); create index by_data on items (data);`,
    clean: `create table items (id int primary key, tags text[] unique, data jsonb); create index on items using gin (tags); create index on items ((data ->> 'a'));
      create table sorted (id int primary key, n int, tags text[]); create index on sorted (n, tags);`,
    finds: ['items.by_data', 'items.by_tags'],
    isMended: false,
  },
  {
    rule: 'duplicate-index',
    defect: `create table items (id int primary key, n int, t text); create index one on items (n, t); create index two on items (n, t);
      create unique index again on items (id); create index low_1 on items (lower(t)) where n > 1; create index low_2 on items (lower(t)) where n > 1;
      create table parted (id int) partition by range (id); create table part partition of parted for values from (0) to (9);
      create index on parted (id); create index alone on part (id);`,
    clean: `create table items (id int primary key, n int, t text, unique (n)); create index on items (n, t); create index on items (t, n);
      create index on items (n desc, t); create index on items (t text_pattern_ops, n); create index on items using hash (n); create index on items (n, t) where n > 1;
      create table parted (id int) partition by range (id); create table part partition of parted for values from (0) to (9); create index on parted (id);
      create table replicated (id int not null, n int not null); create unique index r1 on replicated (id); create unique index r2 on replicated (id); alter table replicated replica identity using index r2; drop index r1;`,
    finds: ['items.again', 'items.low_2', 'items.two', 'part.alone'],
  },
  {
    rule: 'index-on-boolean',
    defect: `create table items (id int primary key, done boolean); create index flag on items (done);`,
    clean: `create table items (id int primary key, done boolean); create index on items (done) where done; create index on items (done, id);`,
    finds: ['items.flag'],
  },
  {
    rule: 'invalid-index',
    defect: `create table items (id int primary key, n int, m int); create index broken on items (n); create unique index "Worse" on items (m);
      update pg_index set indisvalid = false where indexrelid in ('broken'::regclass, '"Worse"'::regclass);`,
    clean: `create table items (id int primary key, n int); create index fine on items (n);`,
    finds: ['items.Worse', 'items.broken'],
  },
  {
    rule: 'nullable-unique',
    defect: `create table items (id int primary key, a int not null, b int, constraint pair unique (a, b));`,
    clean: `create table items (id int primary key, a int not null, b int not null, c int unique, unique (a, b)); create unique index on items (a, c) where c is not null;
      create table locales (a int not null, b text, c bool); create unique index on locales (a, b) where c = true and b is not null;`,
    finds: ['items.pair'],
  },
  {
    rule: 'partition-missing-index',
    defect: `create table parted (id int) partition by range (id); create table one partition of parted for values from (0) to (9);
      create table two partition of parted for values from (9) to (19); create index waiting on only parted (id);
      create index one_id on one (id); alter index waiting attach partition one_id;`,
    clean: `create table parted (id int) partition by range (id); create table one partition of parted for values from (0) to (9); create index on parted (id);`,
    finds: ['parted.waiting'],
  },
  {
    rule: 'redundant-index',
    defect: `create table items (id int primary key, a int, b int, c int); create index narrow on items (a); create index wide on items (a, b);
      create unique index strict on items (b); create index loose on items (b); create index plain on items (c); create index carrying on items (c) include (a);
      create table parted (id int, n int) partition by range (id); create table part partition of parted for values from (0) to (9);
      create index on parted (id, n); create index begun on part (id);`,
    clean: `create table items (id int primary key, a int, b int, c int); create index on items (a); create index on items (b, a); create unique index on items (c); create index on items (c desc);
      create unique index on items (c, a); create index on items (b) where a > 1;`,
    finds: ['items.loose', 'items.narrow', 'items.plain', 'part.begun'],
  },
  {
    rule: 'redundant-unique',
    defect: `create table items (id int primary key, a int, constraint wide unique (id, a));`,
    clean: `create table items (id int primary key, a int, unique (id, a)); create table children (id int, a int, foreign key (id, a) references items (id, a));
      create table loose (a int unique, b int, unique (a, b));`,
    finds: ['items.wide'],
  },
]
