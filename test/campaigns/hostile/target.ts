import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import postgres from 'postgres'
import { z } from 'zod'
import { createListener } from '../../../src/adapters/bridge.ts'
import { defineAgent, defineProject, defineTool, Studio } from '../../../src/index.ts'
import {
  databaseModels,
  memoryFiles,
  postgresDatabase,
  postgresStores,
  sqlMigrations,
} from '../../../src/postgres.ts'
import { scriptedModel, type ScriptedTurn } from '../../../src/testing.ts'
import { startPostgres } from '../../support/postgres.ts'
import { canary } from '../faults/unruly.ts'

/** The bearer tokens of two callers in different tenants. */
export const tokens = { own: 'token-own', foreign: 'token-foreign' }

/** The text of all that the foreign tenant stored. */
export const foreignText = 'foreign-9b1e'

/** A studio with everything on, in this process and on a socket. */
export interface Target {
  readonly studio: Studio
  readonly port: number
  /** What `onError` received. */
  readonly errors: unknown[]
  /** Ids that exist, by kind. Those of the foreign tenant are in `foreign`. */
  readonly ids: Readonly<Record<string, readonly string[]>>
  readonly foreign: Readonly<Record<string, readonly string[]>>
  /** Deletes the rows that requests created. */
  clean(): Promise<void>
  stop(): Promise<void>
}

const tables = `
  create table books (id serial primary key, title text not null, price numeric, sold boolean, at timestamptz default now(),
    tags text[], data jsonb, password_hash text default '${canary}', apiKey text default '${canary}');
  comment on column books.password_hash is 'the hash, for example ${canary}';
  insert into books (title, price, tags, data) select 'Book ' || n, n, '{a,b}', '{"a": 1}' from generate_series(1, 30) n;
  create table vaults (id serial primary key, book_id int references books, secret text default '${canary}');
  insert into vaults (book_id) select id from books;
  create function refuse() returns trigger language plpgsql as $$ begin raise exception 'password=${canary}'; end $$;
  create table fragile (id serial primary key, title text);
  create trigger refuse before insert on fragile for each row execute function refuse();`

/** Starts PostgreSQL and a studio, and stores some runs of both tenants. */
export async function startTarget(): Promise<Target> {
  const server = await startPostgres()
  const sql = postgres(server.url(), { max: 8, onnotice: () => undefined })
  await sql.unsafe(tables)
  const errors: unknown[] = []
  const studio = new Studio([createAgent()], {
    project: createProject(),
    database: postgresDatabase(sql),
    stores: postgresStores(sql),
    allow: ['write_data', 'read_data', 'ai_sql'],
    auth: (request) => {
      const header = request.headers.get('authorization')
      if (header === `Bearer ${tokens.own}`) return { id: 'own', tenant: 'own' }
      return header === `Bearer ${tokens.foreign}` ? { id: 'foreign', tenant: 'foreign' } : null
    },
    onError: (error) => void errors.push(error),
    shutdownMs: 500,
  })
  const http = createServer((incoming, outgoing) => void createListener(studio)(incoming, outgoing))
  http.listen(0, '127.0.0.1')
  const [ids, foreign] = await Promise.all([seedRuns(studio, 'own'), seedRuns(studio, 'foreign')])
  const kept = Object.values({ ...ids, ...foreign }).flat()
  return {
    studio,
    port: (http.address() as AddressInfo).port,
    errors,
    ids,
    foreign,
    async clean() {
      await sql`delete from studio.runs where id not in ${sql([...kept, ...(foreign['run'] ?? []), ...(ids['run'] ?? [])])} and ended_at is not null`
      await sql`delete from studio.sessions where id not in ${sql([...(ids['session'] ?? []), ...(foreign['session'] ?? [])])} and open_runs = 0`
    },
    async stop() {
      await studio.close()
      http.closeAllConnections()
      http.close()
      await sql.end({ timeout: 1 })
      await server.remove()
    },
  }
}

/** The agent calls a protected tool when the prompt says `refund`, and otherwise answers at once. */
function createAgent() {
  const refund = defineTool({
    name: 'refund',
    description: 'Refunds an order',
    input: z.object({ order: z.string() }),
    approval: { expiresInMs: 600_000 },
    execute: ({ order }) => `refunded ${order}`,
  })
  const reply = (
    call: Parameters<ReturnType<typeof scriptedModel>['doStream']>[0],
  ): ScriptedTurn => {
    const text = JSON.stringify(call.prompt.at(-1))
    return text.includes('refund please')
      ? [{ toolCall: { id: 'c', name: 'refund', input: { order: 'o1' } } }]
      : 'ok'
  }
  return defineAgent({
    id: 'support',
    model: {
      specificationVersion: 'v3',
      provider: 'campaign',
      modelId: 'hostile',
      doStream: (call) => scriptedModel([reply(call)]).doStream(call),
      doGenerate: (call) => scriptedModel([reply(call)]).doGenerate(call),
    },
    tools: [refund],
  })
}

function createProject() {
  return defineProject({
    name: 'Library',
    apps: [
      {
        label: 'library',
        models: databaseModels({ schema: 'public' }),
        migrations: sqlMigrations(memoryFiles({ '0001_initial.sql': '' })),
      },
    ],
    resources: [{ model: 'Book', prefix: '/api/books' }],
    app: async (request: Request) => {
      const headers = { 'set-cookie': `session=${canary}`, 'x-secret': canary }
      const seen = Object.fromEntries(request.headers)
      const forged = Object.keys(seen).filter((name) =>
        /override|original|rewrite|forwarded/.test(name),
      )
      // The campaign reads this word as a violation.
      const title =
        forged.length > 0 ? `${foreignText}: ${forged.join()} reached the application` : 'Emma'
      const row = {
        id: 1,
        title,
        password_hash: canary,
        passwordHash: canary,
        author: { apiKey: canary },
      }
      return Response.json(new URL(request.url).pathname === '/api/books' ? [row] : row, {
        headers,
      })
    },
  })
}

/** Creates runs, sessions, approvals and traces of one tenant. Returns their ids by kind. */
async function seedRuns(studio: Studio, tenant: keyof typeof tokens) {
  const text = tenant === 'foreign' ? foreignText : 'hello'
  const send = async (path: string, body?: object) => {
    const response = await studio.fetch(
      new Request(`http://studio.test${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${tokens[tenant]}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    )
    return (await response.json()) as Record<string, unknown>
  }
  const session = String((await send('/sessions', { agentId: 'support', title: text }))['id'])
  const runs: string[] = []
  for (const message of [text, `${text} again`]) {
    runs.push(
      String((await send('/agents/support/runs', { message, sessionId: session }))['runId']),
    )
  }
  const waiting = await studio.fetch(
    new Request('http://studio.test/agents/support/runs', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens[tenant]}`,
        'content-type': 'application/json',
        prefer: 'respond-async',
      },
      body: JSON.stringify({ message: `refund please ${text}` }),
    }),
  )
  runs.push(String(((await waiting.json()) as { id: string }).id))
  const listOf = async (path: string, key: string): Promise<string[]> => {
    const items = (await send(path))[key] as { id?: string; traceId?: string }[]
    return items.map(({ id, traceId }) => String(id ?? traceId))
  }
  let approval: string[] = []
  while (approval.length === 0) approval = await listOf('/approvals', 'approvals')
  return { session: [session], run: runs, approval, trace: await listOf('/traces', 'traces') }
}
