/**
 * The source of a Drizzle schema with columns and defaults of every kind.
 *
 * @param array Writes an array of so many dimensions, which Drizzle 0.x and 1.x declare differently.
 */
export function wideSchema(array: (column: string, dimensions: number) => string): string {
  const one = (column: string) => array(column, 1)
  return `
import { sql } from 'drizzle-orm'
import { bigint, bigserial, boolean, char, check, cidr, customType, date, doublePrecision, foreignKey, geometry, index, inet,
  integer, interval, json, jsonb, line, macaddr, macaddr8, numeric, pgEnum, pgSchema, pgTable, point, primaryKey, real, serial,
  smallint, smallserial, text, time, timestamp, unique, uniqueIndex, uuid, varchar, bit } from 'drizzle-orm/pg-core'

export const dd = pgSchema('dd')
export const role = dd.enum('user-role', ['admin', "it's", 'two words', 'a,b'])
export const mood = pgEnum('Mood', ['sunny', 'dark'])
const shout = customType({ dataType: () => 'varchar(12)' })

export const numbers = pgTable('numbers', {
  id: serial().primaryKey(), small: smallserial(), big: bigserial({ mode: 'bigint' }),
  a: integer().default(0), b: integer().default(-1), c: smallint().default(7), d: bigint({ mode: 'number' }).default(10),
  e: bigint({ mode: 'bigint' }).default(sql\`9007199254740993\`), f: numeric({ precision: 10 }).notNull().default('5'),
  g: numeric({ precision: 10, scale: 2 }).default('1.50'), h: numeric().default('1e3'), i: real().default(0.1),
  j: doublePrecision().default(1), k: doublePrecision().default(-0.25), l: boolean().default(true), m: boolean().default(false),
  n: numeric({ precision: 5, scale: 2, mode: 'number' }).default(0), o: integer().default(sql\`1 + 1\`),
  p: integer().generatedAlwaysAsIdentity({ startWith: 100 }), r: integer().generatedAlwaysAs(sql\`a * 2\`),
})
export const texts = pgTable('Texts', {
  id: uuid().primaryKey().defaultRandom(), own: uuid().default(sql\`uuid_generate_v4()\`), nano: text().default(sql\`my_id()\`),
  other: text().default(sql\`dd.other_id()\`), a: text().default("it's"), b: text().default(''), c: text().default('{not an array}'),
  d: varchar({ length: 20 }).default('x y'), e: varchar().default('back\\\\slash'), f: char({ length: 3 }).default('ab'), g: char().default('z'),
  h: text().default('1.0'), i: text().default('true'), j: text().default('null'), k: text().default(sql\`NULL::text\`),
  l: shout().default('loud'), m: text().default(sql\`lower('ABC')\`), n: text().default(sql\`'a' || 'b'\`), o: text().default(sql\`current_user\`),
  p: uuid().default('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'), q: text().default('2020-01-01'), r: text().default('líne\\nbreak "quoted"'),
  s: mood().default('dark'), t: role().default("it's"), createdAt: text('createdAt').notNull(),
})
export const times = pgTable('times', {
  id: integer().generatedByDefaultAsIdentity().primaryKey(), a: timestamp().defaultNow(), b: timestamp({ withTimezone: true, precision: 3 }).defaultNow(),
  c: timestamp({ mode: 'string' }).default('2020-01-02 03:04:05'), d: timestamp({ withTimezone: true }).default(new Date('2020-01-02T03:04:05.678Z')),
  e: timestamp({ withTimezone: true, mode: 'string' }).default('2020-01-02T03:04:05+02:00'), f: date().default('2020-01-02'),
  g: date({ mode: 'date' }).default(new Date('2020-01-02T00:00:00Z')), h: date().default(sql\`CURRENT_DATE\`), i: date().defaultNow(),
  j: time().default('10:00'), k: time({ precision: 3 }).default('10:00:00.5'), l: time({ withTimezone: true }).default('10:00+01'),
  m: interval().default('24 hours'), n: interval().default('60 minutes'), o: interval().default('1 year 2 mons 3 days 04:05:06'), p: interval().default('P1DT2H'),
  q: interval({ fields: 'day' }).default('3 days'), r: interval({ precision: 3 }).default('90 seconds'), s: timestamp().default(sql\`(now() AT TIME ZONE 'utc')\`),
  t: timestamp().default(sql\`localtimestamp\`), u: timestamp({ withTimezone: true }).default(sql\`now() + interval '1 day'\`), v: timestamp({ precision: 0 }).default(sql\`CURRENT_TIMESTAMP(0)\`),
  w: timestamp({ withTimezone: true }).default(sql\`clock_timestamp()\`), x: timestamp({ mode: 'string' }).default('infinity'), y: interval().default('1 week -1 day'),
})
export const documents = pgTable('documents', {
  id: integer().primaryKey(), a: jsonb().default({ b: 1, a: [true, null] }), b: jsonb().default([]), c: jsonb().default([1, 'x']), d: json().default({ z: 'its', y: 1 }),
  e: jsonb().default({}), g: jsonb().default(sql\`'{"a": 1}'::jsonb\`), i: json().default([{ a: 1 }]), j: inet().default('10.0.0.1'), k: cidr().default('10.0.0.0/8'),
  l: macaddr().default('08-00-2b-01-02-03'), m: macaddr8(), n: point(), o: line(), p: bit({ dimensions: 3 }), q: bit({ dimensions: 1 }),
})
export const lists = pgTable('lists', {
  id: integer().primaryKey(), a: ${one('text()')}.default([]), b: ${one('text()')}.default(['a b', 'c,d', '', 'null', 'é']),
  c: ${one('boolean()')}.default([true, false]), d: ${array('integer()', 2)}.default([[1, 2], [3, 4]]), e: ${one('numeric({ precision: 10, scale: 2 })')}.default(['1.50', '2']),
  f: ${one('uuid()')}, g: ${one('varchar({ length: 10 })')}.notNull().default(['x']), h: ${array('text()', 2)}, i: ${one('mood()')}.default(['sunny']), j: ${one('integer()')}.default(sql\`ARRAY[1, 2]\`),
  k: ${one('text()')}.default(sql\`ARRAY[]::text[]\`), l: ${one('text()')}.default(sql\`'{}'\`), m: ${one('date()')}.default(['2020-01-02']), n: ${one('timestamp({ mode: "string" })')}.default(['2020-01-02 03:04:05']),
})
export const orders = dd.table('orders-2', {
  tenant: integer().notNull(), number: integer().notNull(), note: varchar({ length: 30 }), status: role().notNull().default('admin'), data: jsonb(), active: boolean().notNull().default(true),
  userId: uuid('userId').references(() => texts.id, { onDelete: 'cascade', onUpdate: 'set null' }), parentTenant: integer('parent_tenant'), parentNumber: integer('parent_number'), price: numeric({ precision: 8, scale: 2 }), at: timestamp(),
}, (t) => [
  primaryKey({ columns: [t.tenant, t.number] }),
  foreignKey({ columns: [t.parentTenant, t.parentNumber], foreignColumns: [t.tenant, t.number] }).onDelete('restrict'),
  index('o1').on(t.note.desc(), t.price.asc().nullsFirst()), index('o2').using('gin', t.data.op('jsonb_path_ops')), index('o3').on(sql\`lower(\${t.note})\`),
  uniqueIndex('o4').on(t.userId).where(sql\`\${t.active} and \${t.price} > 5\`), unique('o5').on(t.note, t.status).nullsNotDistinct(), unique().on(t.price),
  index('o6').on(t.note.op('text_pattern_ops')), index('o7').on(sql\`\${t.note} desc nulls last\`), index('o8').on(t.price).where(sql\`\${t.status} in ('admin', 'it''s') and \${t.note} is not null\`),
  index('o9').on(sql\`(\${t.data} ->> 'kind')\`, t.at), index('o10').using('hash', t.note), index('o11').on(sql\`coalesce(\${t.note}, 'none')\`).where(sql\`\${t.note} not like 'a%'\`),
  index('o12').on(t.at).where(sql\`\${t.at} > '2020-01-01' and \${t.price} between 1 and 2\`), index('o13').on(sql\`date_trunc('day', \${t.at})\`, sql\`(\${t.price} * -1)\`), index('o14').on(t.price).where(sql\`\${t.price} != -1 and \${t.status} = 'a,b'\`),
  check('positive', sql\`\${t.price} > 0\`),
])
`
}
