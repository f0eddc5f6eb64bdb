import type { Sql } from 'postgres'
import { expect } from 'vitest'
import { defineProject, type ModelSource, Studio, type StudioOptions } from '../../src/index.ts'
import { queryResultSchema } from '../../src/introspection/query/execute.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'

/** Sends a query plan to a studio: a string as it is, anything else as JSON. */
export async function postPlan(studio: Studio, plan: unknown, signal?: AbortSignal) {
  const response = await studio.fetch(
    new Request('http://studio.test/ai/query/execute', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof plan === 'string' ? plan : JSON.stringify(plan),
      ...(signal ? { signal } : {}),
    }),
  )
  const body = (await response.json()) as { detail?: string; rows?: Record<string, unknown>[] }
  return { status: response.status, body, headers: response.headers }
}

/** Makes a studio whose clients may query a database, with functions that send plans to it. */
export function createQueryStudio(
  sql: Sql,
  models: ModelSource = databaseModels(),
  options: StudioOptions = {},
) {
  const failures: unknown[] = []
  const studio = new Studio([], {
    project: defineProject({ name: 'Queries', apps: [{ label: 'shop', models }] }),
    database: postgresDatabase(sql),
    allow: ['read_data'],
    onError: (error) => void failures.push(error),
    ...options,
  })
  const post = (plan: unknown) => postPlan(studio, plan)
  /** Sends a plan that has to succeed. */
  const query = async (plan: object) => {
    const { status, body } = await post(plan)
    expect([status, body.detail]).toEqual([200, undefined])
    return queryResultSchema.parse(body)
  }
  const rows = async (plan: object) => (await query(plan)).rows ?? []
  /** Sends a plan that has to be refused; returns the faults by path. */
  const refused = async (plan: object) => {
    const { status, body } = await post(plan)
    expect(status).toBe(400)
    const { error } = body as { error?: { details?: { path: string; message: string }[] } }
    return Object.fromEntries((error?.details ?? []).map(({ path, message }) => [path, message]))
  }
  return { studio, failures, post, query, rows, refused }
}
