import { describe, expect, it } from 'vitest'
import { storeKinds } from '../../support/stores.ts'
import { createTestStudio } from '../../support/studio.ts'

const cursor = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '')
const forged = [
  ['abc', 'x'],
  ['2024-01-01\0', 'x'],
  ['2024-02-31T00:00:00.000Z', 'x'],
  ['infinity', 'x'],
  [1.5],
  [1e300],
  [-1],
  ['1'],
  [null],
  [[1]],
  [],
  {},
]
const odd = ['%00', '%F0%9F%98%80%00', 'x'.repeat(5_000), '__proto__', "'; --", '%ED%A0%80']

describe.each(storeKinds)('values that no client of ours sends, on $name stores', (store) => {
  it('returns 400 for a forged cursor on every list', async () => {
    const { get, createSession, failures } = await createTestStudio({ store })
    const sessionId = await createSession()
    const lists = ['sessions', 'runs', 'traces', 'approvals', `sessions/${sessionId}/traces`]
    for (const list of lists) {
      for (const value of forged) {
        const answer = await get(`/${list}?cursor=${encodeURIComponent(cursor(value))}`)
        expect({ list, value, ...answer }).toMatchObject({ list, value, status: 400 })
      }
    }
    expect(failures).toEqual([])
  })

  it('never answers 5xx for odd ids and filters', async () => {
    const { get, post, del, failures } = await createTestStudio({ store })
    for (const id of odd) {
      const answers = [
        await get(`/runs/${id}`),
        await get(`/runs/${id}/events`),
        await post(`/runs/${id}/cancel`),
        await get(`/sessions/${id}`),
        await del(`/sessions/${id}`),
        await get(`/traces/${id}`),
        await post(`/approvals/${id}/decision`, { approved: true }),
        await post(`/agents/${id}/runs`, { message: 'm' }),
        await get(`/runs?sessionId=${id}&agentId=${id}`),
        await get(`/approvals?runId=${id}`),
      ]
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([])
    }
    expect(failures).toEqual([])
  })

  it('never answers 5xx for odd texts and keys in bodies, and reads them back', async () => {
    const { run, get, post, failures } = await createTestStudio({ store, turns: ['x'] })
    const text = 'a\0b \ud800 c'
    const metadata = JSON.parse('{"__proto__": {"a": 1}, "\\u0000": 1e999, "n": 1e308}') as object
    expect((await run({ message: text, metadata, trace: { name: text, metadata } })).status).toBe(
      200,
    )
    expect((await post('/sessions', { agentId: 'support', title: text, metadata })).status).toBe(
      201,
    )
    for (const path of ['/runs', '/traces', '/sessions']) expect((await get(path)).status).toBe(200)
    expect(failures).toEqual([])
  })

  it('returns 400 for JSON that nests too deeply, and lists stay readable', async () => {
    const { send, get, run, failures } = await createTestStudio({ store, turns: ['x'] })
    expect(send).toBeDefined()
    const nest = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown
    expect((await run({ message: 'm', metadata: { deep: nest(190) } })).status).toBe(200)
    expect((await run({ message: 'm', metadata: { deep: nest(250) } })).status).toBe(400)
    for (const path of ['/runs', '/traces']) expect((await get(path)).status).toBe(200)
    expect(failures).toEqual([])
  })
})
