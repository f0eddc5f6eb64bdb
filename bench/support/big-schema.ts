import type { Sql } from 'postgres'

/** How large a generated database is. */
export interface BigSchema {
  readonly tables: number
  readonly schemas: number
}

/** Tables per transaction. Each table holds several locks until the commit, and a server has a few thousand. */
const batch = 100

/**
 * Generates tables of 12 columns each, with a serial primary key, a unique key, a foreign key to the table before, a check,
 * three indexes and a comment; every tenth has an enum, a policy or a trigger as well. Schemas are `s0`, `s1`, ….
 */
export async function createBigSchema(sql: Sql, { tables, schemas }: BigSchema): Promise<void> {
  await sql.unsafe(`
    create type public.mood as enum ('good', 'bad');
    create function public.touch() returns trigger language plpgsql as 'begin return new; end';
    ${Array.from({ length: schemas }, (_, index) => `create schema s${index};`).join('')}
  `)
  for (let first = 0; first < tables; first += batch) {
    const count = Math.min(batch, tables - first)
    const statements = Array.from({ length: count }, (_, index) => toTable(first + index, schemas))
    await sql.unsafe(statements.join(''))
  }
}

function toTable(index: number, schemas: number): string {
  const nameOf = (at: number) => `s${at % schemas}.t${at}`
  const table = nameOf(index)
  const target = nameOf(Math.max(0, index - 1))
  return `
    create table ${table} (
      id bigserial constraint t${index}_pk primary key,
      parent_id bigint constraint t${index}_fk references ${target} (id),
      email varchar(80) not null,
      title text not null default 'untitled',
      amount numeric(12, 2) default 0,
      created_at timestamptz not null default now(),
      updated_at timestamptz,
      active boolean not null default true,
      tags text[],
      payload jsonb,
      score double precision,
      kind ${index % 10 === 0 ? 'public.mood' : 'integer'},
      constraint t${index}_amount check (amount >= 0)
    );
    create index t${index}_parent on ${table} (parent_id);
    create unique index t${index}_email on ${table} (${index % 20 === 0 ? 'lower(email)' : 'email'});
    comment on table ${table} is 'Table ${index}';
    ${index % 10 === 1 ? `create policy own on ${table} using (active);` : ''}
    ${index % 10 === 2 ? `create trigger touch before update on ${table} for each row execute function public.touch();` : ''}`
}
