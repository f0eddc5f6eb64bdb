import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineRoute } from '../../src/http/route.ts'
import { createTestRouter, posting } from '../support/router.ts'

const { send } = createTestRouter({ bodyBytes: 10_000 })

describe('a body that does not fit', () => {
  it('an invalid body is refused with 400, which names every field at fault', async () => {
    const response = await send('/things', posting({ name: 7, size: { cm: 'tall' } }))
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as {
      error: { code: string; message: string; details: { path: string; message: string }[] }
    }
    expect(error.code).toBe('bad_request')
    expect(error.message).toContain('name')
    expect(error.details.map(({ path }) => path)).toEqual(['name', 'size.cm'])
    expect(error.details.every(({ message }) => message.length > 0)).toBe(true)
  })

  it('a fault of the whole body has an empty path', async () => {
    const response = await send('/things', posting([1, 2]))
    expect(await response.json()).toMatchObject({ error: { details: [{ path: '' }] } })
  })

  it('a fault in a union is that of the branch that matched furthest', async () => {
    const part = z.union([
      z.object({ kind: z.literal('text'), text: z.string() }),
      z.object({ kind: z.literal('image'), source: z.object({ url: z.string() }) }),
    ])
    const router = createTestRouter({
      bodyBytes: 10_000,
      routes: [
        defineRoute({
          name: 'parts',
          method: 'POST',
          path: '/parts',
          summary: 'Takes parts.',
          body: z.object({ parts: z.array(part) }),
          handle: () => null,
        }),
      ],
    })
    const body = { parts: [{ kind: 'image', source: { url: 1 } }] }
    const response = await router.send('/parts', posting(body))
    expect(await response.json()).toMatchObject({
      error: { details: [{ path: 'parts.0.source.url' }] },
    })
  })

  it('a body with __proto__ does not change the parsed value', async () => {
    const init = { ...posting({}), body: '{"name":"a","__proto__":{"size":{"cm":1}}}' }
    expect(await (await send('/things', init)).json()).toEqual({ body: { name: 'a' } })
  })
})

describe('query parameters', () => {
  const search = async (query: string) => (await send(`/search?${query}`)).json()

  it('query parameters are trimmed', async () => {
    expect(await search('text=%20a%20b%20&limit=%205%20')).toEqual({ text: 'a b', limit: 5 })
  })

  it('a blank query parameter is ignored', async () => {
    expect(await search('text=&limit=%20')).toEqual({})
  })

  it('the first value of a repeated query parameter counts', async () => {
    expect(await search('text=first&text=second')).toEqual({ text: 'first' })
    expect(await search('text=&text=second')).toEqual({ text: 'second' })
  })

  it('an unknown query parameter is ignored', async () => {
    expect(await search('other=1&__proto__=2')).toEqual({})
  })

  it('an invalid query parameter is refused with 400', async () => {
    const response = await send('/search?limit=abc')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 'bad_request', details: [{ path: 'limit' }] },
    })
  })
})
