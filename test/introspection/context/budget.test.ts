import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProject, Studio } from '../../../src/index.ts'
import { zodModels } from '../../../src/zod.ts'
import { at, listAt } from '../../support/json.ts'

const words = ['Author', 'Book', 'Order', 'Invoice', 'Address', 'Payment', 'Shipment', 'Return']

/** Creates a project of many models. If `isServed`, each has a resource and a route. */
function createStudio(count = 40, { isServed = true } = {}): Studio {
  const names = Array.from({ length: count }, (_, index) => `${words[index % 8]}${index}`)
  const objects = Object.fromEntries(
    names.map((name, index) => [
      name,
      z
        .object({
          id: z.uuid(),
          title: z.string().max(80),
          year: z.number().nullable(),
          ...(index > 0 ? { previous: z.uuid().meta({ references: names[index - 1] }) } : {}),
          ...(index === 3 ? { colour: z.string(), api_key: z.string() } : {}),
        })
        .meta({ description: `Number ${index} of all ünïcödé things` }),
    ]),
  )
  const project = defineProject({
    name: 'Large',
    apps: [{ label: 'shop', models: zodModels(objects) }],
    resources: (isServed ? names : []).map((model) => ({
      model,
      prefix: `/api/${model.toLowerCase()}`,
    })),
    routes: (isServed ? names : []).map((model) => ({
      method: 'GET',
      path: `/api/${model.toLowerCase()}`,
    })),
  })
  return new Studio([], { project })
}

async function ask(studio: Studio, path: string) {
  const response = await studio.fetch(new Request(`http://studio.test${path}`))
  const text = await response.text()
  const bytes = new TextEncoder().encode(text).length
  return { status: response.status, bytes, headers: response.headers, body: JSON.parse(text) }
}

const names = (body: unknown) => listAt(body, 'models').map((model) => at(model, 'name'))

describe('the length of the full context', () => {
  const studio = createStudio()

  it('an answer without parameters has no `selection`', async () => {
    const { body } = await ask(studio, '/ai/context/full?unknown=1')
    expect(body).not.toHaveProperty('selection')
    expect(body).toMatchObject({ model_count: 40, metadata: { library: 'fetch-studio' } })
  })

  it('each level of detail shows less: full, summary, names', async () => {
    const [full, summary, short] = await Promise.all(
      ['full', 'summary', 'names'].map((detail) =>
        ask(studio, `/ai/context/full?detail=${detail}`),
      ),
    )
    expect(full?.bytes).toBeGreaterThan((summary?.bytes ?? 0) * 2)
    expect(summary?.bytes).toBeGreaterThan(short?.bytes ?? 0)
    expect(listAt(summary?.body, 'models')[0]).toEqual({
      name: 'Address12',
      app_label: 'shop',
      table_name: 'address12s',
      ai_description: 'Number 12 of all ünïcödé things',
      signature: 'id: string key, title: string, year: number | null, previous: string → Invoice11',
    })
    expect(listAt(short?.body, 'models')[0]).toEqual({ name: 'Address12', app_label: 'shop' })
    expect(short?.body).toMatchObject({ model_count: 40, selection: { truncated: false } })
  })

  it.each([400, 401, 450, 600, 1_000, 1_500, 2_500, 4_000, 8_000, 16_000, 1_000_000])(
    'an answer with maxTokens=%i has at most four bytes a token, and counts what it leaves out',
    async (maxTokens) => {
      const { body, bytes } = await ask(studio, `/ai/context/full?maxTokens=${maxTokens}`)
      expect(bytes).toBeLessThanOrEqual(maxTokens * 4)
      const totals = { model: 40, viewset: 40, migration: 0, ai_tool: 0 }
      for (const [name, total] of Object.entries(totals)) {
        const shown = listAt(body, `${name}s`).length
        expect(body[`${name}_count`]).toBe(shown)
        expect(shown + Number(at(body, `selection.omitted.${name}s`))).toBeGreaterThanOrEqual(total)
      }
      const omitted = Object.values(body.selection.omitted as Record<string, number>)
      expect(body.selection.truncated).toBe(omitted.some((count) => count > 0))
    },
  )

  it('maxTokens selects the most detailed level that fits', async () => {
    const detailFor = async (maxTokens: number) =>
      (await ask(studio, `/ai/context/full?maxTokens=${maxTokens}`)).body.selection.detail
    expect(await detailFor(1_000_000)).toBe('full')
    const summary = await ask(studio, '/ai/context/full?detail=summary')
    expect(await detailFor(Math.ceil(summary.bytes / 4) + 50)).toBe('summary')
    expect(await detailFor(500)).toBe('names')
  })

  it('equal parameters give equal checksums and entity tags, also in another studio', async () => {
    const path = '/ai/context/full?maxTokens=1500&match=book'
    const [one, two] = [await ask(studio, path), await ask(createStudio(), path)]
    expect(two.body.checksum).toBe(one.body.checksum)
    expect(two.headers.get('etag')).toBe(one.headers.get('etag'))
    const other = await ask(studio, '/ai/context/full?maxTokens=1500&match=order')
    expect(other.body.checksum).not.toBe(one.body.checksum)
  })

  it.each([
    ['a name', 'book1', ['Book1', 'Book17']],
    ['a table', 'order2s', ['Order2']],
    ['an app and a name', 'shop.Invoice35', ['Invoice35']],
    ['a pattern', 'ret*7', ['Return7']],
    ['a pattern for one letter', 'author?', ['Author0', 'Author8']],
    ['several names', 'book1s, order2s', ['Book1', 'Order2']],
    ['the name of a field', 'colour', ['Invoice3']],
    ['an unknown word', 'zebra', []],
    ['the name of a sensitive field', 'api_key', []],
    ['an attempt at SQL', `';select`, []],
    ['an attempt at a slow pattern', `${'*a'.repeat(90)}b`, []],
  ])('match finds the right models by %s', async (_what, match, found) => {
    const { body } = await ask(studio, `/ai/context/full?match=${encodeURIComponent(match)}`)
    expect(names(body)).toEqual(found)
  })

  it('match also selects resources, by their model, and routes, by their path', async () => {
    const { body } = await ask(studio, '/ai/context/full?match=book1s')
    expect(body).toMatchObject({ model_count: 1, viewset_count: 1, route_count: 0 })
    expect((await ask(studio, '/ai/context/full?match=/api/book1')).body.route_count).toBe(2)
  })

  it('the best matches stay if maxTokens has no room for all', async () => {
    const { body } = await ask(studio, '/ai/context/models?match=things+Shipment38&maxTokens=400')
    expect(names(body)).toContain('Shipment38')
    expect(body.selection).toMatchObject({ detail: 'names', truncated: true })
    expect(body.selection.omitted.models).toBe(40 - body.model_count)
  })

  it.each([
    ['detail=everything', /detail/],
    ['maxTokens=399', /maxTokens/],
    ['maxTokens=many', /maxTokens/],
    [`match=${'a'.repeat(201)}`, /match/],
    ['match=,', /match/],
  ])('the parameter %s is refused with 400', async (query, detail) => {
    const { status, body } = await ask(studio, `/ai/context/full?${query}`)
    expect(status).toBe(400)
    expect(body.detail).toMatch(detail)
  })

  it('an answer about 5,000 models keeps to maxTokens', async () => {
    const large = createStudio(5_000, { isServed: false })
    const { bytes, body } = await ask(large, '/ai/context/full?maxTokens=2000')
    expect(bytes).toBeLessThanOrEqual(8_000)
    expect(body.model_count + body.selection.omitted.models).toBe(5_000)
  })
})
