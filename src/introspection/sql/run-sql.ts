import { badRequest, StudioError } from '../../errors.ts'
import { parse } from '../../http/parse.ts'
import { type NumbersAsText, parseExactJson } from '../../lib/exact-json.ts'
import { errorCode } from '../../lib/failures/error-code.ts'
import { findRounded, isRecord } from '../../lib/json.ts'
import type { QueryAnswer, Statement } from '../../project/database.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'
import type { RequestScope } from '../model/request-scope.ts'
import { requireReadable, runLimited, withQuerySlot } from '../query/running.ts'
import { toQueryWorld } from '../query/world.ts'
import { isHarmless } from './functions.ts'
import { checkNames, type KnownNames, type Surface, toSurface } from './surface.ts'
import { refuse, type StatementToken, toTokens } from './tokens.ts'
import { type SqlAnswer, type SqlRequest, sqlRequestSchema } from './wire.ts'

/** Highest cost that the planner may expect. Reading a million rows of a table costs about 20,000. */
const maxCost = 1_000_000

/** Longest value of one cell as JSON, in characters. */
const maxCellCharacters = 16_384

type Run = (statement: Statement) => Promise<QueryAnswer>

/** Answers `POST /ai/sql` within the scope of a request. */
export async function answerSql(
  body: unknown,
  { withScope }: IntrospectionModule,
  exchange: Exchange,
): Promise<SqlAnswer> {
  const request = parseSql(body)
  return withScope(exchange, (scope) => runSql(request, scope, exchange.request.signal))
}

/** @throws StudioError `bad_request` that names every field at fault. */
function parseSql(body: unknown): SqlRequest {
  const request = parse(sqlRequestSchema, body, 'SQL request')
  const rounded = findRounded(request.parameters).map((index) => ({
    path: `parameters.${index}`,
    message: 'has lost digits as a JSON number: send it as text',
  }))
  if (rounded.length > 0) throw badRequest('A parameter has lost digits as a JSON number', rounded)
  return request
}

/**
 * Runs one SELECT of a caller (docs/decisions/142-sql-sees-a-surface.md): in a read-only transaction that is rolled back, with the
 * rights of a role that only reads, over the visible columns of visible models, after the planner found that it is not too
 * expensive.
 *
 * @throws StudioError `bad_request` for SQL that is refused, `rate_limited`, `unavailable`.
 */
async function runSql(
  request: SqlRequest,
  scope: RequestScope,
  signal?: AbortSignal,
): Promise<SqlAnswer> {
  const tokens = toTokens(request.sql)
  checkNames(tokens)
  checkParameters(tokens, request.parameters.length)
  const { database, snapshot } = await requireReadable(scope)
  return withQuerySlot(database, () =>
    runLimited(database, signal, async (run) => {
      const facts = await readFacts(tokens, run)
      const refused = facts.functions.find((name) => !isHarmless(name))
      if (refused !== undefined) throw refuse(`the function ${refused} is not possible`)
      const surface = toSurface(tokens, facts, toQueryWorld(snapshot))
      const values = request.parameters.map(String)
      const inRole: Run = (statement) =>
        run({ ...statement, settings: { search_path: '', role: facts.role } })
      try {
        return await readRows({ surface, values, limit: request.limit }, inRole)
      } catch (error) {
        throw explainSqlError(error)
      }
    }),
  )
}

function checkParameters(tokens: readonly StatementToken[], count: number): void {
  const unknown = tokens.find(
    ({ kind, name }) => kind === 'parameter' && (Number(name) < 1 || Number(name) > count),
  )
  if (unknown) {
    const message = `${unknown.sql} has no value`
    throw badRequest(`Invalid SQL: ${message}`, [{ path: 'parameters', message }])
  }
}

interface Facts extends KnownNames {
  readonly role: string
}

/**
 * Asks which names of a statement are functions and schemas, and which role it can run as: `pg_read_all_data`, if the role of the
 * connection is a member of it, else that role itself, unless it may do more than read tables.
 */
async function readFacts(tokens: readonly StatementToken[], run: Run): Promise<Facts> {
  const names = tokens.flatMap(({ kind, name }) => (kind === 'name' ? [name] : []))
  const list = JSON.stringify([...new Set(names)])
  const text = `
    select json_build_object(
      'functions', (select coalesce(json_agg(distinct p.proname), '[]') from pg_catalog.pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace and p.provolatile <> 'i' and p.proname in (select name from asked)),
      'schemas', (select coalesce(json_agg(n.nspname), '[]') from pg_catalog.pg_namespace n
        where n.nspname in (select name from asked)),
      'role', case when pg_catalog.pg_has_role(current_user, 'pg_read_all_data', 'MEMBER') then 'pg_read_all_data'
        when not (select r.rolsuper or exists (select 1 from pg_catalog.pg_roles d where d.rolname in ('pg_read_server_files',
          'pg_write_server_files', 'pg_execute_server_program') and pg_catalog.pg_has_role(r.oid, d.oid, 'MEMBER'))
          from pg_catalog.pg_roles r where r.rolname = current_user) then current_user end)::text
    from (select 1) one`
  const withNames = `with asked as (select value as name from pg_catalog.json_array_elements_text($1::json)) ${text}`
  const answer = await run({ text: withNames, values: [list] })
  const facts = JSON.parse(String(answer.rows[0]?.[0])) as KnownNames & { role: string | null }
  const { role } = facts
  if (role !== null) return { ...facts, role }
  const message = 'The role of the database may do more than read: grant it pg_read_all_data'
  throw new StudioError('unavailable', message)
}

interface Reading {
  readonly surface: Surface
  readonly values: readonly string[]
  readonly limit: number
}

async function readRows(
  { surface: { tables, sql }, values, limit }: Reading,
  run: Run,
): Promise<SqlAnswer> {
  const inner = `(${sql}) as "~q"`
  const planned = await run({
    text: `explain (verbose, format json) ${tables}select * from ${inner} limit ${limit + 1}`,
    values,
  })
  const estimate = toEstimate(planned.rows[0]?.[0])
  if (estimate.cost > maxCost) {
    throw refuse(
      `the statement would cost ${Math.round(estimate.cost)}, and at most ${maxCost} is possible`,
    )
  }
  const named = `select to_json("~x")::text from (select 1) as "~one" left join lateral (select * from ${inner}) as "~n" on false cross join lateral (select "~n".*) as "~x"`
  const names = readNames((await run({ text: tables + named, values })).rows[0]?.[0])
  if (names.length === 0) throw refuse('the statement has no columns')
  const columns = names.map((_name, index) => `"~${index}"`)
  const cells = columns.map((cell) => {
    const json = `to_json(${cell})::text`
    return `case when length(${json}) > ${maxCellCharacters} then '~' || left(${json}, ${maxCellCharacters}) else ${json} end`
  })
  const types = columns.map((cell) => `pg_catalog.pg_typeof(${cell})::text`)
  // Without the settings of `settings`, names would mean other tables; then there are no rows.
  const text = `${tables}select ${[...cells, ...types].join(', ')} from (select * from ${inner} limit ${limit + 1}) as "~q" (${columns.join(', ')}) where pg_catalog.current_setting('search_path') in ('', '""')`
  const answer = await run({ text, values })
  return toAnswer(names, answer, { limit, estimate })
}

function toAnswer(
  names: readonly string[],
  { rows, truncated: isCut }: QueryAnswer,
  { limit, estimate }: { readonly limit: number; readonly estimate: SqlAnswer['estimate'] },
): SqlAnswer {
  const types = names.map((_name, index) => String(rows[0]?.[names.length + index] ?? 'unknown'))
  let truncated = isCut && rows.length < limit
  const shown = rows.slice(0, limit).map((row) =>
    names.map((_name, index) => {
      const cell = row[index]
      if (typeof cell !== 'string') return null
      if (!cell.startsWith('~')) return parseExactJson(cell, toRule(types[index] ?? ''))
      truncated = true
      return cell.slice(1)
    }),
  )
  return {
    columns: names.map((name, index) => ({ name, type: types[index] ?? 'unknown' })),
    rows: shown,
    count: shown.length,
    limited: isCut || rows.length > limit,
    truncated,
    estimate,
  }
}

function toRule(type: string): NumbersAsText {
  if (/^(bigint|numeric|money)(\[\])?$/.test(type)) return 'all'
  return /^(smallint|integer|oid|real|double precision)(\[\])?$/.test(type) ? 'none' : 'inexact'
}

/** Reads the keys of a JSON object in order; a name that occurs twice stays twice. */
function readNames(json: unknown): string[] {
  const text = typeof json === 'string' ? json : '{}'
  return [...text.matchAll(/("(?:[^"\\]|\\.)*"):/g)].map(
    ([, key]) => JSON.parse(key ?? '""') as string,
  )
}

function toEstimate(answer: unknown): SqlAnswer['estimate'] {
  const parsed: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer
  const [first] = Array.isArray(parsed) ? (parsed as unknown[]) : []
  const plan = isRecord(first) && isRecord(first['Plan']) ? first['Plan'] : {}
  return { cost: Number(plan['Total Cost'] ?? 0), rows: Number(plan['Plan Rows'] ?? 0) }
}

/** States that name only what stands in the statement: a syntax error, an unknown table, column or function. */
const ofTheStatement = /^(42(601|703|702|P01|P10|803|883|804|704|P02|P09|P20|712|P18|P19)|0A000)$/

/** Turns what the server says about a statement into words for the caller. What holds a value is left out. */
function explainSqlError(error: unknown): unknown {
  const code = errorCode(error)
  if (error instanceof StudioError) return error
  if (code === '42501') {
    return new StudioError('forbidden', 'The role may not read a table of the statement', {
      cause: error,
    })
  }
  if (code === '25006') return refuse('a statement only reads')
  if (ofTheStatement.test(code) && error instanceof Error)
    return refuse(error.message.slice(0, 300))
  if (/^(22|42)/.test(code)) {
    return refuse(
      code.startsWith('22')
        ? 'a value does not fit where it stands'
        : 'the server refused the statement',
    )
  }
  return error
}
