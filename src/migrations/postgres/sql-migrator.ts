import type { Sql } from 'postgres'
import { sha256 } from '../../lib/checksum.ts'
import { abortable } from '../../lib/deadline.ts'
import { checkDuration } from '../../lib/options/numbers.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { ownAnswer } from '../../lib/postgres/own-answer.ts'
import { padMessage, readTypesOnce } from '../../lib/postgres/pool.ts'
import { quoteIdentifier, quoteLiteral } from '../../lib/sql.ts'
import type { MigrationJob, Migrator } from '../../project/migrator.ts'
import { toPlaces } from '../core/table.ts'
import { type Rows, runAlone } from './run-alone.ts'

/** Options of `sqlMigrator`; each has a default. */
export interface SqlMigratorOptions {
  /** The history, as `sqlMigrations` has it. It is created when it does not exist. @default 'aksara_migrations' */
  readonly table?: string
  /** How long a statement may wait for a lock, in milliseconds. @default 5_000 */
  readonly lockTimeoutMs?: number
  /** How long a statement of a transaction may run, in milliseconds. @default 600_000 (10 minutes) */
  readonly statementTimeoutMs?: number
}

const knownOptions: KnownKeys<SqlMigratorOptions> = {
  table: true,
  lockTimeoutMs: true,
  statementTimeoutMs: true,
}

/**
 * Runs the migrations of `sqlMigrations`: each file in one transaction with its row of the history, under an advisory lock. A
 * statement that is refused inside of a transaction runs alone, and its row is written afterwards; an index that an earlier try
 * left behind is kept if it is whole, and built anew if it is not.
 *
 * @param sql A postgres.js pool whose role may change the schema; not the pool that Studio reads with.
 * @throws TypeError for an unknown option, a malformed table or a time that is not a positive number.
 */
export function sqlMigrator(sql: Sql, { ...options }: SqlMigratorOptions = {}): Migrator {
  refuseUnknownKeys('sqlMigrator', options, knownOptions)
  const { table = 'aksara_migrations' } = options
  const limits = {
    lock: checkDuration('lockTimeoutMs', options.lockTimeoutMs ?? 5_000),
    statement: checkDuration('statementTimeoutMs', options.statementTimeoutMs ?? 600_000),
  }
  const history = toHistory(table)
  const send = (text: string, signal: AbortSignal): Promise<Rows> => {
    readTypesOnce(sql)
    const values: never[] = []
    return abortable(ownAnswer(sql.unsafe(padMessage(text), values).simple(), values), signal)
  }
  /** A message of several statements is one transaction, so no connection has to be reserved for it. */
  const transact = (statements: readonly string[], signal: AbortSignal) =>
    send([...toGuards(history, limits), ...statements].join('\n'), signal)
  return {
    tools: ['sql'],
    async up({ app, migrations }, signal) {
      await transact([`create table if not exists ${history} (${historyColumns});`], signal)
      const known = await readHistory(history, app, (text) => send(text, signal))
      for (const migration of migrations.filter(({ name }) => !known.names.has(name))) {
        const row = await toInsert({ history, app, columns: known.columns }, migration)
        if (migration.isTransaction) await transact([migration.sql, row], signal)
        else {
          await runAlone(migration.sql, send, signal)
          await transact([row], signal)
        }
      }
    },
    async down({ app, migrations, down }, signal) {
      const known = await readHistory(history, app, (text) => send(text, signal))
      const label = known.columns.has('app_label') ? ` and app_label = ${quoteLiteral(app)}` : ''
      const remove = (names: readonly string[]) =>
        `delete from ${history} where name in (${names.map(quoteLiteral).join(', ')})${label};`
      for (const { name, sql: undo, isTransaction } of down.filter((step) => step.sql !== '')) {
        const row = name === null ? [] : [remove([name])]
        if (!isTransaction) {
          // Its row goes first: a statement without its row is known to the next try, a row without its statement is not.
          if (row.length > 0) await transact(row, signal)
          await runAlone(undo, send, signal)
        } else if (name === null || known.names.has(name)) await transact([undo, ...row], signal)
      }
      await transact([remove(migrations.map(({ name }) => name))], signal)
    },
  }
}

const historyColumns = `id integer generated always as identity primary key,
  app_label varchar(255) not null, name varchar(255) not null, checksum varchar(64),
  applied_at timestamptz not null default clock_timestamp(), unique (app_label, name)`

function toHistory(table: string): string {
  const [place] = toPlaces({ table }, { schema: null, table })
  if (!place) throw new TypeError(`The table name "${table}" is malformed`)
  const name = quoteIdentifier(place.table)
  return place.schema === null ? name : `${quoteIdentifier(place.schema)}.${name}`
}

function toGuards(history: string, limits: { readonly lock: number; readonly statement: number }) {
  return [
    `set local lock_timeout = ${limits.lock};`,
    `set local statement_timeout = ${limits.statement};`,
    `select pg_advisory_xact_lock(hashtextextended(${quoteLiteral(`migrations ${history}`)}, 0));`,
  ]
}

async function readHistory(
  history: string,
  app: string,
  send: (text: string) => Promise<Rows>,
): Promise<{ readonly columns: ReadonlySet<string>; readonly names: ReadonlySet<string> }> {
  const relation = `${quoteLiteral(history)}::regclass`
  const rows = await send(
    `select attname from pg_catalog.pg_attribute where attrelid = ${relation} and attnum > 0 and not attisdropped`,
  )
  const columns = new Set(rows.map(({ attname }) => String(attname)))
  const label = columns.has('app_label') ? ` where app_label = ${quoteLiteral(app)}` : ''
  const applied = await send(`select name::text as name from ${history}${label}`)
  return { columns, names: new Set(applied.map(({ name }) => String(name))) }
}

async function toInsert(
  { history, app, columns }: { history: string; app: string; columns: ReadonlySet<string> },
  { name, sql }: MigrationJob['migrations'][number],
): Promise<string> {
  const values = {
    name,
    ...(columns.has('app_label') ? { app_label: app } : {}),
    ...(columns.has('checksum') ? { checksum: (await sha256(sql)).slice(0, 16) } : {}),
  }
  const literals = Object.values(values).map(quoteLiteral)
  return `insert into ${history} (${Object.keys(values).join(', ')}) values (${literals.join(', ')});`
}
