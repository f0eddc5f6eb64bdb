/** Schemas with comments, limits of their own and an order of their own. */
export const zodText = `// The shop. Nothing here is sorted.
import { z } from 'zod'

/** A person */
export const userSchema = z.object({
  id: z.number(),
  email: z.string().max(80), // used to sign in
  name:   z.string().max(40).nullable(),
  nick_name: z.string().nullable(),
  mood: z.enum(['new', 'old']),
  made: z.date().nullable().describe('when'),
})
export type User = z.infer<typeof userSchema>

// not a table
export const pageSchema = z.object({ limit: z.number().max(100), users: z.array(userSchema) })

/** What somebody buys
 *  and pays */
export const Purchase = z
  .object({
    id: z.number(),
    amount: z.string(),
    // who buys
    customer: z.number().meta({ column: 'customer_id' }),
    note: z.string().nullable()
  })
  .meta({ table: 'orders' })

export const tagSchema = z.strictObject({ word: z.string(), order_id: z.number() })
export type Tag = z.infer<typeof tagSchema>
`

/** The tables of these schemas. */
export const zodTables = `
  create type mood as enum ('new', 'old');
  create table users (id integer primary key, email varchar(80) not null, name varchar(40), nick_name text,
    mood mood not null default 'new', made timestamptz);
  create table orders (id integer primary key, amount numeric not null, customer_id integer not null, note text);
  create table tags (word text not null, order_id integer not null);`
