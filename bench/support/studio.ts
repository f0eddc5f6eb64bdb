import type { Sql } from 'postgres'
import { z } from 'zod'
import { defineAgent, defineTool, type LanguageModel, Studio } from '../../src/index.ts'
import type { StudioOptions } from '../../src/options.ts'
import { post } from './requests.ts'

/** A tool that waits for a person. */
const refundTool = defineTool({
  name: 'refund',
  description: 'Refunds an order.',
  input: z.object({ cents: z.number() }),
  approval: true,
  execute: ({ cents }) => `refunded ${cents}`,
})

/** A tool that returns at once. */
const lookupTool = defineTool({
  name: 'lookup',
  description: 'Looks up an order.',
  input: z.object({ id: z.string() }),
  idempotent: true,
  execute: ({ id }) => ({ id, status: 'blocked' }),
})

/** Makes a studio with the agent `bench` and both tools. */
export function durableStudio(model: LanguageModel, options: StudioOptions): Studio {
  const agent = defineAgent({ id: 'bench', model, tools: [refundTool, lookupTool] })
  return new Studio([agent], { introspection: false, ...options })
}

/** Starts a background run; resolves to its id. */
export async function startRun(studio: Studio, body: object = {}): Promise<string> {
  const request = post('/agents/bench/runs', { message: 'go', ...body })
  request.headers.set('prefer', 'respond-async')
  const { id } = await answerOf<{ id: string }>(studio, request)
  return id
}

/** Returns the JSON of a response; throws unless it is a success. */
export async function answerOf<T>(studio: Studio, request: Request): Promise<T> {
  const response = await studio.fetch(request)
  const text = await response.text()
  if (!response.ok) throw new Error(`${request.method} ${request.url}: ${text}`)
  return JSON.parse(text) as T
}

/** Waits until every run has this status. */
export async function waitForAll(sql: Sql, status: string): Promise<void> {
  for (;;) {
    const [row] = await sql<{ left: string }[]>`
      select count(*) as left from studio.runs where status <> ${status}`
    if (Number(row?.left) === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
