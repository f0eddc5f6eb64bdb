import type { Studio } from '../../src/index.ts'

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
