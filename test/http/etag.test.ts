import { describe, expect, it } from 'vitest'
import { createTestRouter, route } from '../support/router.ts'

/** Makes a route whose answer changes with `state`. Its tag leaves the timestamp out. */
function tagged() {
  const state = { models: ['Post'], timestamp: 0 }
  const answer = () => ({ models: state.models, timestamp: ++state.timestamp })
  const etag = (value: unknown) => ({ ...(value as object), timestamp: undefined })
  const { send } = createTestRouter({
    allowedOrigins: ['https://studio.aksara.dev'],
    routes: [route('/context', answer, { etag }), route('/plain', answer)],
  })
  return { state, send }
}

const having = (tag: string) => ({ headers: { 'if-none-match': tag } })

describe('an entity tag', () => {
  it('an ETag is weak and stays the same while only members change that it leaves out', async () => {
    const { send } = tagged()
    const [first, second] = [await send('/context'), await send('/context')]
    expect(first.headers.get('etag')).toMatch(/^W\/"[0-9a-f]{16}"$/)
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(first.headers.get('cache-control')).toBe('no-cache')
    expect(await first.json()).not.toEqual(await second.json())
  })

  it('an ETag changes with the content', async () => {
    const { state, send } = tagged()
    const before = (await send('/context')).headers.get('etag')
    state.models.push('Author')
    expect((await send('/context')).headers.get('etag')).not.toBe(before)
  })

  it('a route without `etag` sends no ETag', async () => {
    const { send } = tagged()
    expect((await send('/plain')).headers.has('etag')).toBe(false)
    expect((await send('/plain', having('*'))).status).toBe(200)
  })
})

describe('If-None-Match', () => {
  it.each([
    ['the current tag', (tag: string) => tag],
    ['the tag in its strong form', (tag: string) => tag.slice(2)],
    ['a list with the tag', (tag: string) => `"a", ${tag} ,W/"b"`],
    ['any tag', () => '*'],
  ])('If-None-Match with %s is answered 304 without a body', async (_what, header) => {
    const { send } = tagged()
    const tag = (await send('/context')).headers.get('etag') ?? ''
    const response = await send('/context', having(header(tag)))
    expect(response.status).toBe(304)
    expect(response.body).toBeNull()
    expect(response.headers.get('etag')).toBe(tag)
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it.each(['W/"0000000000000000"', '"a", "b"', '', 'W/'])(
    'If-None-Match with %j is answered 200',
    async (tag) => {
      expect((await tagged().send('/context', having(tag))).status).toBe(200)
    },
  )

  it('If-None-Match is answered 200 after the content changed', async () => {
    const { state, send } = tagged()
    const tag = (await send('/context')).headers.get('etag') ?? ''
    state.models.push('Author')
    expect((await send('/context', having(tag))).status).toBe(200)
  })

  it('a 304 has the CORS headers', async () => {
    const { send } = tagged()
    const origin = 'https://studio.aksara.dev'
    const response = await send('/context', { headers: { 'if-none-match': '*', origin } })
    expect(response.status).toBe(304)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })
})
