import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { storeKinds } from '../../support/stores.ts'
import { createTestStudio, type TestStudio } from '../../support/studio.ts'
import { textAt } from '../../support/json.ts'

/** Runs the agent once and returns the id of the run. */
async function run(studio: TestStudio, body: object): Promise<string> {
  return textAt((await studio.post('/agents/support/runs', body)).body, 'runId')
}

async function findIds({ get }: TestStudio, query: string): Promise<string[]> {
  const { runs } = (await get(`/runs?${query}`)).body as { runs: { id: string }[] }
  return runs.map(({ id }) => id)
}

describe.each(storeKinds)('GET /runs with filters, $name', (store) => {
  it('finds runs by a text in their preview, ids and metadata, whatever its case', async () => {
    const studio = await createTestStudio({ store, clock: systemClock, turns: ['one', 'two'] })
    const a = await run(studio, {
      message: 'Where is\n  ORD-1001?',
      metadata: { shop: ['Basel', 7] },
    })
    const b = await run(studio, { message: "100% of O'Neil_" })
    expect(await findIds(studio, 'search=is%20ord-1001')).toEqual([a])
    expect(await findIds(studio, 'search=BASEL')).toEqual([a])
    expect(await findIds(studio, `search=${b.slice(-12)}`)).toEqual([b])
    expect(await findIds(studio, "search=100%25%20of%20o'neil_")).toEqual([b])
    expect(await findIds(studio, 'search=100_')).toEqual([])
    expect(await findIds(studio, 'search=shop')).toEqual([]) // a name in the metadata is no text of it
    expect(await findIds(studio, 'search=%00')).toEqual([])
    expect(await findIds(studio, 'search=%20&agentId=support')).toEqual([b, a])
  })

  it('finds runs by when they were started and ended', async () => {
    const studio = await createTestStudio({ store, clock: systemClock, turns: ['one', 'two'] })
    const a = await run(studio, { message: 'first' })
    await nextMillisecond()
    const between = new Date().toISOString()
    await nextMillisecond()
    const b = await run(studio, { message: 'second' })
    expect(await findIds(studio, `createdBefore=${between}`)).toEqual([a])
    expect(await findIds(studio, `endedBefore=${between}&status=succeeded`)).toEqual([a])
    expect(await findIds(studio, `createdAfter=${between}&endedAfter=${between}`)).toEqual([b])
    expect(await findIds(studio, 'createdAfter=2999-01-01T00:00:00%2B02:00')).toEqual([])
  })

  it('shows the beginning of the prompt on one line', async () => {
    const studio = await createTestStudio({ store, clock: systemClock, turns: ['one', 'two'] })
    await run(studio, { message: `  ${'a😀 \n'.repeat(100)}` })
    const image = { type: 'url', url: 'data:image/png;base64,AAAA' }
    await run(studio, { message: { role: 'user', content: [{ type: 'image', source: image }] } })
    const { runs } = (await studio.get('/runs')).body as { runs: { preview?: string }[] }
    expect(runs.map(({ preview }) => preview?.length)).toEqual([undefined, 200])
    expect(runs[1]?.preview).toMatch(/^a😀 a😀 .*a😀 a\.\.\.$/)
  })

  it('refuses times that are none and texts that are too long, and names the field', async () => {
    const studio = await createTestStudio({ store, turns: [] })
    for (const field of ['createdAfter', 'createdBefore', 'endedAfter', 'endedBefore']) {
      expect(await studio.get(`/runs?${field}=yesterday`)).toMatchObject({
        status: 400,
        body: { error: { details: [{ path: field }] } },
      })
    }
    expect((await studio.get(`/runs?search=${'a'.repeat(201)}`)).status).toBe(400)
  })
})

/** Waits until the clock shows another millisecond. */
async function nextMillisecond(): Promise<void> {
  const before = Date.now()
  while (Date.now() <= before) await new Promise((resolve) => setTimeout(resolve, 1))
}
