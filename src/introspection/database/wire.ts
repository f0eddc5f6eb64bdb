import { z } from 'zod'

const milliseconds = z.number().nonnegative()
const count = z.int().nonnegative()

/** The parts of the answer to `GET /ai/database/activity`; one that the server or the rights do not provide is absent. */
const activityParts = {
  connections: z.object({
    maximum: count,
    total: count,
    active: count,
    idle: count,
    idle_in_transaction: count,
    waiting: count,
  }),
  /** Blocks found in memory, of all that were read since the counters were reset. */
  cache: z.object({
    hit_ratio: z.number().nullable(),
    blocks_hit: z.string(),
    blocks_read: z.string(),
  }),
  /** Locks that a session waits for. */
  locks: z.array(
    z.object({
      pid: count,
      mode: z.string(),
      /** Null for a lock on something else, and for a table that clients may not see. */
      table_name: z.string().nullable(),
      waited_ms: milliseconds.nullable(),
      blocked_by: z.array(count),
    }),
  ),
  /** Transactions that are older than a second, the oldest first. */
  long_transactions: z.array(
    z.object({
      pid: count,
      state: z.string().nullable(),
      wait_event: z.string().nullable(),
      age_ms: milliseconds,
      /** Since the current statement, or the last one, started. */
      statement_ms: milliseconds.nullable(),
    }),
  ),
  /** The statements that took most time, by pg_stat_statements. */
  top_statements: z.array(
    z.object({
      query_id: z.string(),
      /** Without texts and comments; null if it names something that clients may not see. */
      text: z.string().nullable(),
      calls: z.string(),
      total_ms: milliseconds,
      mean_ms: milliseconds,
      rows: z.string(),
    }),
  ),
}

/** The answer to `GET /ai/database/activity`. */
export const activitySchema = z.object({
  ...z.object(activityParts).partial().shape,
  /** The parts that are absent, each with the reason. */
  absent: z.array(z.object({ part: z.enum(Object.keys(activityParts)), reason: z.string() })),
  captured_at: z.string(),
})

/** What a database is doing. */
export type DatabaseActivity = z.infer<typeof activitySchema>

const name = { schema: z.string(), name: z.string() }
const comment = z.string().nullable()
const table = { schema: z.string(), table: z.string(), model: z.string() }

/** The items that `GET /ai/context/database/<kind>` lists, by kind. */
export const objectSchemas = {
  functions: z.object({
    ...name,
    kind: z.enum(['function', 'procedure', 'aggregate', 'window']),
    arguments: z.string(),
    returns: z.string().nullable(),
    language: z.string(),
    volatility: z.enum(['immutable', 'stable', 'volatile']),
    security_definer: z.boolean(),
    comment,
  }),
  triggers: z.object({
    ...table,
    name: z.string(),
    enabled: z.string(),
    function: z.string(),
    /** Null if it mentions a column that clients may not see. */
    definition: z.string().nullable(),
  }),
  policies: z.object({
    ...table,
    name: z.string(),
    permissive: z.boolean(),
    command: z.string(),
    roles: z.array(z.string()),
    /** Conditions; null if there is none, or if it mentions what clients may not see. */
    using: z.string().nullable(),
    with_check: z.string().nullable(),
    withheld: z.boolean(),
  }),
  grants: z.object({
    ...table,
    role: z.string(),
    privileges: z.array(z.string()),
    grantable: z.array(z.string()),
  }),
  sequences: z.object({
    ...name,
    type: z.string(),
    start: z.string(),
    increment: z.string(),
    minimum: z.string(),
    maximum: z.string(),
    cycles: z.boolean(),
    owned_by: z.object({ table: z.string(), column: z.string() }).nullable(),
    comment,
  }),
  types: z.object({
    ...name,
    kind: z.enum(['enum', 'domain', 'composite']),
    labels: z.array(z.string()).nullable(),
    base_type: z.string().nullable(),
    not_null: z.boolean().nullable(),
    checks: z.array(z.object({ name: z.string(), definition: z.string() })).nullable(),
    attributes: z.array(z.object({ name: z.string(), type: z.string() })).nullable(),
    comment,
  }),
  views: z.object({
    ...table,
    kind: z.enum(['view', 'materialized']),
    columns: z.array(z.string()),
    /** False for a materialized view without data. */
    populated: z.boolean(),
    comment,
  }),
} as const

/** A kind of object that `/ai/context/database/` lists. */
export type ObjectKind = keyof typeof objectSchemas

/** One item of a list, by its kind. */
export type ListedObject<Kind extends ObjectKind> = z.infer<(typeof objectSchemas)[Kind]>

const listOfKind = <Kind extends ObjectKind>(kind: Kind) =>
  z.object({
    kind: z.literal(kind),
    items: z.array(objectSchemas[kind]),
    count,
    version: z.string(),
  })

/** The answer to `GET /ai/context/database/:kind`. */
export const objectListSchema = z
  .discriminatedUnion('kind', [
    listOfKind('functions'),
    listOfKind('grants'),
    listOfKind('policies'),
    listOfKind('sequences'),
    listOfKind('triggers'),
    listOfKind('types'),
    listOfKind('views'),
  ])
  .meta({ id: 'DatabaseObjects', description: 'The objects of the database of one kind.' })

/** A list of objects of one kind. */
export type ObjectList = z.infer<typeof objectListSchema>
