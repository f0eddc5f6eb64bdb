import type { RuleCase } from './case.ts'

const parents = `create table parents (id bigint primary key, code text unique);`

/** A case for each rule of `rules/keys`, sorted by rule. */
export const keyCases: readonly RuleCase[] = [
  {
    rule: 'constraint-not-enforced',
    from: 180_000,
    defect: `${parents} create table children (parent_id bigint constraint fk references parents not enforced, n int constraint positive check (n > 0) not enforced);`,
    clean: `${parents} create table children (parent_id bigint references parents, n int check (n > 0));`,
    finds: ['children.fk', 'children.positive'],
  },
  {
    rule: 'constraint-not-validated',
    defect: `${parents} create table children (parent_id bigint, n int); create domain small as int;
      alter table children add constraint fk foreign key (parent_id) references parents not valid, add constraint positive check (n > 0) not valid;
      alter domain small add constraint below check (value < 9) not valid;`,
    clean: `${parents} create domain small as int check (value < 9); create table children (parent_id bigint references parents, n small check (n > 0));`,
    finds: ['children.fk', 'children.positive', 'small.below'],
  },
  {
    rule: 'cyclic-sequence',
    defect: `create table items (id int generated always as identity (cycle) primary key);`,
    clean: `create table items (id int generated always as identity primary key, slot int generated always as identity (maxvalue 9 cycle));`,
    finds: ['items_id_seq'],
  },
  {
    rule: 'duplicate-check',
    defect: `create table items (n int constraint a check (n > 0) constraint b check (n > 0));`,
    clean: `create table items (n int constraint a check (n > 0) constraint b check (n < 9));`,
    finds: ['items.b'],
  },
  {
    rule: 'duplicate-foreign-key',
    defect: `${parents} create table children (id int primary key, parent_id bigint references parents);
      alter table children add constraint again foreign key (parent_id) references parents on delete cascade not valid;`,
    clean: `${parents} create table children (id int primary key, parent_id bigint references parents, other_id bigint references parents);`,
    finds: ['children.again'],
  },
  {
    rule: 'foreign-key-type',
    defect: `create table parents (id numeric primary key); create table children (id int primary key, parent_id bigint references parents);`,
    clean: `${parents} create domain code as varchar(20); create table children (id int primary key, parent_id bigint references parents, code code references parents (code), tag varchar(9) references parents (code));`,
    finds: ['children.children_parent_id_fkey'],
  },
  {
    rule: 'impossible-action',
    defect: `${parents} create table children (parent_id bigint not null references parents on delete set null);`,
    clean: `${parents} create table children (parent_id bigint references parents on delete set null, other_id bigint not null default 1 references parents on delete set default);`,
    finds: ['children.children_parent_id_fkey'],
  },
  {
    rule: 'key-overflow',
    defect: `create table items (id serial primary key, n smallint generated always as identity, big bigserial);
      select setval('items_id_seq', 2000000000), setval('items_n_seq', 20000);`,
    clean: `create table items (id serial primary key, big bigserial); select setval('items_id_seq', 900000000), setval('items_big_seq', 2000000000000);`,
    finds: ['items.id', 'items.n'],
    isMended: false,
  },
  {
    rule: 'narrow-foreign-key',
    defect: `${parents} create table children (id int primary key, parent_id int references parents);`,
    clean: `create table parents (id int primary key); create table children (id int primary key, parent_id bigint references parents);`,
    finds: ['children.children_parent_id_fkey'],
  },
  {
    rule: 'no-primary-key',
    defect: `create table logs (line text not null); create table "With Index" (id int not null, n int); create unique index on "With Index" (id);`,
    clean: `create table parted (id int primary key) partition by range (id);
      create table parted_1 partition of parted for values from (0) to (9);
      create table attached (id int not null); alter table parted attach partition attached for values from (10) to (20);`,
    finds: ['With Index', 'logs'],
  },
  {
    rule: 'overlapping-foreign-keys',
    defect: `create table pairs (a int unique, b int, primary key (a, b)); create table children (a int references pairs (a), b int, constraint wide foreign key (a, b) references pairs);`,
    clean: `create table pairs (a int, b int, primary key (a, b)); create table tenants (a int primary key);
      create table children (a int references tenants, b int, foreign key (a, b) references pairs);`,
    finds: ['children.wide'],
  },
  {
    rule: 'partly-null-foreign-key',
    defect: `create table pairs (a int, b int, primary key (a, b)); create table children (a int not null, b int, foreign key (a, b) references pairs);`,
    clean: `create table pairs (a int, b int, primary key (a, b)); create table children (a int, b int, foreign key (a, b) references pairs match full);
      create table firm (a int not null, b int not null, foreign key (a, b) references pairs);`,
    finds: ['children.children_a_b_fkey'],
  },
  {
    rule: 'sequence-exhaustion',
    defect: `create sequence numbers maxvalue 1000; select setval('numbers', 900);`,
    clean: `create sequence numbers maxvalue 1000 cycle; select setval('numbers', 900); create sequence fresh maxvalue 1000; create table items (id serial); select setval('items_id_seq', 2000000000);`,
    finds: ['numbers'],
  },
  {
    rule: 'serial-column',
    defect: `create domain positive as int check (value > 0); create sequence steps;
      create table kinds (id positive not null default nextval('steps')); alter sequence steps owned by kinds.id;
      create table items (id bigserial primary key, "Odd name" serial); insert into items default values; insert into items default values;`,
    clean: `create table items (id bigint generated by default as identity primary key); create sequence numbers; create table shared (id int default nextval('numbers'));`,
    finds: ['items.Odd name', 'items.id', 'kinds.id'],
  },
  {
    rule: 'small-key',
    defect: `create table items (id serial primary key); create table others (id smallint generated always as identity primary key);`,
    clean: `create table items (id bigint generated always as identity primary key); create table codes (id int primary key); create table lines (n serial);`,
    finds: ['items.id', 'others.id'],
  },
  {
    rule: 'unindexed-foreign-key',
    defect: `${parents} create table children (id int primary key, parent_id bigint references parents, other_id bigint references parents);
      create index on children (id, parent_id); create index on children (other_id) where id > 5;`,
    clean: `${parents} create table pairs (a int, b int, primary key (a, b));
      create table children (id int primary key, parent_id bigint references parents, half_id bigint references parents, a int, b int,
        foreign key (a, b) references pairs);
      create index on children (parent_id, id); create index on children (half_id) where half_id is not null; create index on children (b, a, id);
      create table ones (parent_id bigint primary key references parents);`,
    finds: ['children.children_other_id_fkey', 'children.children_parent_id_fkey'],
  },
  {
    rule: 'wide-sequence',
    defect: `create sequence numbers; create table items (id int primary key default nextval('numbers')); alter sequence numbers owned by items.id;`,
    clean: `create table items (id serial primary key, n int generated always as identity);`,
    finds: ['numbers'],
  },
]
