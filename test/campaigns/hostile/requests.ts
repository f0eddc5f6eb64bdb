import { z } from 'zod'
import type { Route } from '../../../src/index.ts'
import type { Random } from '../random.ts'
import { type Target, tokens } from './target.ts'
import { drawBrokenBody, drawText, drawValue, encode, mutate } from './values.ts'

/** A right body of each route that takes one. A route without an entry fails the campaign. */
const bodies: Readonly<Record<string, readonly unknown[]>> = {
  create_run: [
    { message: 'hi' },
    {
      message: 'hi',
      stream: true,
      metadata: { a: { b: [1, 'x'] } },
      title: 't',
      maxTurns: 2,
      timeoutMs: 5_000,
    },
    {
      message: [
        { type: 'text', text: 'hi' },
        { type: 'image', image: 'https://example.org/a.png' },
      ],
    },
    {
      message: 'hi',
      sessionId: 'ID:session',
      onBusy: 'enqueue',
      trace: { traceId: 'a'.repeat(32), name: 'n' },
    },
    {
      message: 'hi',
      history: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    },
  ],
  create_session: [{ agentId: 'support', title: 'a title', metadata: { a: 1 } }],
  update_session: [{ title: 'another' }, { metadata: { a: [1] }, title: null }],
  run_tool: [{ args: { order: 'o1' } }, { args: {}, metadata: { a: 1 } }],
  sql: [
    { sql: 'select id, title from books where id < $1', parameters: [3] },
    { sql: 'select count(*) from vaults', limit: 1 },
    { sql: 'select secret from vaults' },
    { sql: 'select 1; drop table books' },
    { sql: 'with x as (delete from books returning *) select * from x' },
    { sql: "select set_config('role', 'postgres', false)" },
    { sql: "select pg_read_file('/etc/passwd')" },
    { sql: 'copy books to stdout' },
    { sql: 'select password_hash, "apikey" from public.books' },
    { sql: 'select rolpassword from pg_authid' },
  ],
  decide_approval: [
    { approved: false, reason: 'no' },
    { approved: true, input: { order: 'o2' } },
  ],
  query_execute: [
    { model: 'Book' },
    {
      model: 'Book',
      filters: [
        { field: 'title', lookup: 'icontains', value: '1' },
        { field: 'id', lookup: 'in', value: [1, 2] },
      ],
      sorting: [{ field: 'price', direction: 'desc' }],
      pagination: { limit: 3, offset: 1 },
      select_fields: ['id', 'title', 'data', 'tags'],
      explain: true,
    },
    {
      model: 'Vault',
      select_fields: ['id', 'book.title'],
      filters: [
        {
          or: [{ field: 'book.price', lookup: 'gt', value: 2 }, { not: { field: 'id', value: 1 } }],
        },
      ],
    },
    {
      model: 'Book',
      group_by: ['sold'],
      aggregates: [{ function: 'count' }, { function: 'max', field: 'password_hash' }],
      pagination: { limit: 5 },
    },
    { model: 'Vault' },
  ],
  tool_call: [
    { arguments: {} },
    { arguments: { pk: 1 } },
    { arguments: { title: 'Emma', price: 3, data: { a: 1 }, tags: ['x'] } },
    { arguments: { model: 'Book', filters: [{ field: 'id', value: 1 }] } },
    { arguments: { query: 'book' } },
  ],
  mcp: [
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'x', version: '1' },
      },
    },
    { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} },
    { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'book_list', arguments: {} } },
    {
      jsonrpc: '2.0',
      id: 4,
      method: 'tools/call',
      params: { name: 'query_data', arguments: { model: 'Book' } },
    },
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    {
      jsonrpc: '2.0',
      id: 5,
      method: 'tools/call',
      params: { name: 'describe_model', arguments: { model: 'Book' } },
    },
  ],
}

/** Headers that ask for another method, path, host, caller or tenant, and such as are malformed. */
const headers: readonly [string, string][] = [
  ['x-http-method-override', 'DELETE'],
  ['x-method-override', 'PUT'],
  ['x-http-method', 'PATCH'],
  ['x-original-url', '/studio/handshake'],
  ['x-rewrite-url', '/ai/tools'],
  ['x-original-method', 'DELETE'],
  ['x-forwarded-host', 'evil.example'],
  ['x-forwarded-proto', 'javascript'],
  ['x-forwarded-prefix', '//evil.example'],
  ['x-forwarded-for', '127.0.0.1'],
  ['forwarded', 'for=127.0.0.1;host=evil.example;proto=https'],
  ['x-tenant', 'foreign'],
  ['x-tenant-id', 'foreign'],
  ['x-user', 'foreign'],
  ['origin', 'http://evil.example'],
  ['origin', 'null'],
  ['sec-fetch-site', 'cross-site'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'multipart/form-data'],
  ['content-encoding', 'gzip'],
  ['accept', 'text/event-stream'],
  ['accept', ';;;,,,*/*;q=2'],
  ['prefer', 'respond-async, wait=-1, handling=strict'],
  ['idempotency-key', 'k'.repeat(5_000)],
  ['idempotency-key', ''],
  ['last-event-id', '-1'],
  ['last-event-id', '1e9'],
  ['last-event-id', 'x'.repeat(4_000)],
  ['if-none-match', '*'],
  ['if-none-match', `"${'a'.repeat(6_000)}"`],
  ['range', 'bytes=0-1'],
  ['mcp-session-id', '../../x'],
  ['mcp-protocol-version', '1999-01-01'],
  ['traceparent', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
  ['x-request-id', 'r'.repeat(3_000)],
  ['cookie', 'session=a; session=b'],
  ['authorization', 'Bearer'],
  ['authorization', `Bearer ${'x'.repeat(7_000)}`],
  ['authorization', 'Basic dGVzdDp0ZXN0'],
]

const kindOf: Readonly<Record<string, string>> = {
  sessionId: 'session',
  runId: 'run',
  traceId: 'trace',
  approvalId: 'approval',
}

const known: Readonly<Record<string, readonly string[]>> = {
  agentId: ['support'],
  model: ['Book', 'Vault'],
  name: [
    'book_list',
    'book_retrieve',
    'book_create',
    'book_update',
    'query_data',
    'describe_model',
    'search_schema',
  ],
  toolName: ['refund'],
  kind: ['functions', 'triggers', 'policies', 'grants', 'sequences', 'types', 'views'],
}

/** Draws requests to the routes of a studio, each malformed in at least one way. */
export function createRequestDraws(target: Target): (random: Random) => Request {
  const { routes } = target.studio
  const missing = routes.filter(({ name, body }) => body && !bodies[name]).map(({ name }) => name)
  if (missing.length > 0) throw new Error(`The campaign has no body for ${missing.join()}`)
  return (random) => toRequest(random, random.pick(routes), target)
}

function toRequest(random: Random, route: Route, target: Target): Request {
  const url = new URL(`http://studio.test${drawPath(random, route, target)}`)
  for (const name of queryNames(route)) {
    if (random.chance(0.4)) url.searchParams.append(name, drawQuery(random))
  }
  if (random.chance(0.05)) url.search += `&${'a=1&'.repeat(random.between(1, 800))}`
  const sent = new Headers({
    authorization: `Bearer ${random.chance(0.95) ? tokens.own : drawToken(random)}`,
  })
  let body: Uint8Array | undefined
  if (route.method !== 'GET' && route.method !== 'DELETE') {
    sent.set('content-type', 'application/json')
    sent.set('x-ai-apply', 'true')
    sent.set('accept', 'application/json, text/event-stream')
    const right = withIds(random, random.pick(bodies[route.name] ?? [{}]), target)
    const changed = random.chance(0.8) ? mutate(random, right) : right
    body = random.chance(0.25)
      ? drawBrokenBody(random, changed)
      : encode(JSON.stringify(changed) ?? '')
  }
  if (random.chance(0.35)) sent.set(...random.pick(headers))
  const method = random.chance(0.03)
    ? random.pick(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE'])
    : route.method
  const takesBody = method !== 'GET' && method !== 'HEAD'
  // Buffered runs and approvals that wait would hold the campaign up.
  if (route.name === 'create_run') sent.set('prefer', 'respond-async')
  return new Request(url, {
    method,
    headers: sent,
    ...(body && takesBody ? { body: body as BodyInit } : {}),
  })
}

function drawToken(random: Random): string {
  return encodeURIComponent(drawText(random).replaceAll(/\p{Surrogate}/gu, '?')).slice(0, 5_000)
}

function queryNames(route: Route): readonly string[] {
  if (!route.query) return ['limit', 'cursor']
  const { properties = {} } = z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' })
  return Object.keys(properties)
}

function drawQuery(random: Random): string {
  const draw = random.between(0, 5)
  if (draw === 0) return String(random.pick([1, 0, -1, 101, 1.5, '1e1', '', ' 5 ', 2 ** 53]))
  if (draw <= 2) return forgedCursor(random)
  return drawText(random).slice(0, 3_000)
}

/** Encodes values of all types as cursors: base64url of JSON, which is what lists return. */
function forgedCursor(random: Random): string {
  const draws = [
    () => random.pick([0, 1.5, -1, 1e300, 1e17, 9e15, 2 ** 53]),
    () => random.pick(['abc', '2026-02-31T00:00:00.000Z', '12', 'x'.repeat(3_000), '\u0000']),
    () => crypto.randomUUID(),
    () => drawValue(random),
  ]
  const values = Array.from({ length: random.chance(0.7) ? 2 : random.between(0, 4) }, () =>
    random.pick(draws)(),
  )
  return Buffer.from(JSON.stringify(values)).toString('base64url').slice(0, 6_000)
}

function drawPath(random: Random, { path }: Route, target: Target): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => drawSegment(random, name, target))
  if (random.chance(0.03)) return `/${filled}`
  if (random.chance(0.03)) return filled.toUpperCase()
  if (random.chance(0.03))
    return `${filled}/${random.pick(['', '..', '%2e%2e', '.', '%00', ';x=1'])}`
  return filled
}

function drawSegment(random: Random, name: string, { ids, foreign }: Target): string {
  const kind = kindOf[name] ?? ''
  if (random.chance(0.5)) return random.pick(ids[kind] ?? known[name] ?? ['x'])
  if (random.chance(0.4) && foreign[kind]) return random.pick(foreign[kind] ?? [])
  const text = drawText(random)
    .replaceAll(/\p{Surrogate}/gu, '?')
    .slice(0, 4_000)
  return random.chance(0.8) ? encodeURIComponent(text) : text.replaceAll(/[\s?#\\]/g, '') || '%'
}

function withIds(random: Random, body: unknown, { ids, foreign }: Target): unknown {
  const id = random.pick(random.chance(0.5) ? (ids['session'] ?? []) : (foreign['session'] ?? []))
  return JSON.parse(JSON.stringify(body).replaceAll('ID:session', id)) as unknown
}
