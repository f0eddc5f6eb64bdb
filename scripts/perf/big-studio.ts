import type { Sql } from 'postgres'
import { startServer } from '../../bench/support/server.ts'
import { fillTables } from '../../bench/support/fill.ts'
import { serve } from '../../src/adapters/node.ts'
import { consoleAssets } from '../../src/console.ts'
import { defineAgent, defineProject, Studio } from '../../src/index.ts'
import { databaseModels, postgresDatabase, postgresStores } from '../../src/postgres.ts'
import { scriptedModel } from '../../src/testing.ts'
import { addTool, toolCall } from '../../test/support/agents.ts'
import { markdownDeltas, type PacedModel, pacedModel } from './paced-model.ts'

/** How much the studio holds. */
export interface Sizes {
  readonly runs: number
  readonly tables: number
  /** The deltas of the run that streams. */
  readonly deltas: number
  /** The spans of the longest trace. */
  readonly spans: number
}

/** A served studio that holds a lot. */
export interface BigStudio {
  /** The address of the console, without a slash at the end. */
  readonly url: string
  readonly studio: Studio
  /** Starts the run that streams, and returns its id. Its model waits until it is told to go on. */
  startStream(): Promise<string>
  readonly model: PacedModel
  /** Makes the run with the longest trace, and returns its id. */
  makeTrace(): Promise<string>
  close(): Promise<void>
}

/** Calls in a turn; an agent may make 128 at once. */
const callsPerTurn = 124

/** Starts a database with generated tables and runs, and serves a studio on it with its console. */
export async function startBigStudio({ runs, tables, deltas, spans }: Sizes): Promise<BigStudio> {
  const server = await startServer()
  const { sql } = await server.createDatabase('big')
  await createTables(sql, tables)
  const model = pacedModel(markdownDeltas(deltas))
  const turns = Math.ceil(spans / (callsPerTurn + 1))
  const calls = Math.ceil((spans - turns - 2) / turns) // without the run itself and its last turn
  const turn = Array.from({ length: calls }, (_, index) => toolCall('add', { a: index, b: 1 }))
  const agents = [
    ...['support', 'sales', 'ops', 'billing', 'rare'].map((id) =>
      defineAgent({ id, model: pacedModel([]) }),
    ),
    defineAgent({ id: 'writer', model }),
    defineAgent({
      id: 'counter',
      model: scriptedModel([...Array.from({ length: turns }, () => turn), 'Done.']),
      tools: [addTool],
      maxTurns: 100,
      toolConcurrency: 16,
    }),
  ]
  const studio = new Studio(agents, {
    stores: postgresStores(sql),
    project: defineProject({
      name: 'Big shop',
      apps: [{ label: 'shop', models: databaseModels({ schema: 'shop' }) }],
    }),
    database: postgresDatabase(sql),
    console: consoleAssets(),
    shutdownMs: 0,
  })
  await studio.ready()
  await fillTables(sql, { runs: Math.ceil(runs * 1.1) }) // one in twenty belongs to another tenant
  const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
  return {
    url: `${serving.url}${studio.basePath}/console`,
    studio,
    model,
    startStream: () => startRun(studio, 'writer'),
    async makeTrace() {
      const id = await startRun(studio, 'counter')
      while (!(await hasEnded(studio, id))) await new Promise((resolve) => setTimeout(resolve, 200))
      return id
    },
    async close() {
      await serving.close()
      await server.remove()
    },
  }
}

/** Creates tables in the schema `shop`, each with a key to one that is older; every tenth is alone, and some have two keys. */
async function createTables(sql: Sql, tables: number): Promise<void> {
  await sql.unsafe('create schema shop')
  const batch = 100 // a table holds several locks until the commit
  for (let first = 0; first < tables; first += batch) {
    const count = Math.min(batch, tables - first)
    await sql.unsafe(Array.from({ length: count }, (_, index) => toTable(first + index)).join(''))
  }
}

function toTable(index: number): string {
  const key = (column: string, target: number) =>
    `${column} bigint references shop.part_${target}, `
  const isAlone = index % 10 === 9 || index === 0
  const parent = Math.floor(index / 4)
  const target = parent % 10 === 9 ? parent - 1 : parent
  return `create table shop.part_${index} (id bigint primary key, ${isAlone ? '' : key('parent_id', target)}
    ${!isAlone && index % 3 === 0 ? key('other_id', Math.max(0, index - 7) - (Math.max(0, index - 7) % 10)) : ''}
    name text not null, code varchar(20) unique, amount numeric(12, 2) default 0, state text not null default 'open',
    note text, is_active boolean not null default true, tags text[], created_at timestamptz not null default now(),
    updated_at timestamptz);`
}

async function startRun(studio: Studio, agent: string): Promise<string> {
  const { id } = (await ask(studio, `/agents/${agent}/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({ message: 'Go.' }),
  })) as { id: string }
  return id
}

async function hasEnded(studio: Studio, id: string): Promise<boolean> {
  const { status, error } = (await ask(studio, `/runs/${id}`)) as {
    status: string
    error?: unknown
  }
  if (status === 'failed') throw new Error(`The run ${id} failed: ${JSON.stringify(error)}`)
  return status === 'succeeded'
}

async function ask(studio: Studio, path: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await studio.fetch(new Request(`http://localhost${path}`, init))
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}
