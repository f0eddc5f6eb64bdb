import { describe, expect, it } from 'vitest'
import { createTestRouter, route } from '../support/router.ts'

describe('an unknown path', () => {
  it('is a 404 in the error envelope', async () => {
    const response = await createTestRouter().send('/nowhere')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ error: { code: 'not_found', message: 'Not found' } })
  })

  it.each(['/studio/nowhere', '/studio', '/ai/nowhere'])(
    'carries its message as detail on %s, which clients of that API read',
    async (path) => {
      const response = await createTestRouter().send(path)
      expect(await response.json()).toEqual({
        error: { code: 'not_found', message: 'Not found' },
        detail: 'Not found',
      })
    },
  )

  it('carries no detail on a path that only begins alike', async () => {
    const response = await createTestRouter().send('/studios')
    expect(await response.json()).not.toHaveProperty('detail')
  })
})

describe('a known path', () => {
  it('refuses another method with 405 and the methods it has', async () => {
    const response = await createTestRouter().send('/things', { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  })

  it('answers HEAD like GET, without the body', async () => {
    const { send } = createTestRouter()
    const [head, get] = [await send('/things', { method: 'HEAD' }), await send('/things')]
    expect(head.status).toBe(200)
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect(head.body).toBeNull()
  })

  it('answers HEAD with the status of a GET that fails', async () => {
    const response = await createTestRouter().send('/nowhere', { method: 'HEAD' })
    expect(response.status).toBe(404)
    expect(response.body).toBeNull()
  })

  it('stops the stream of a GET that was only asked for its head', async () => {
    let cancelled = false
    const stream = () => new ReadableStream({ cancel: () => void (cancelled = true) })
    const { send } = createTestRouter({ routes: [route('/stream', () => new Response(stream()))] })
    expect((await send('/stream', { method: 'HEAD' })).body).toBeNull()
    expect(cancelled).toBe(true)
  })

  it('answers OPTIONS with its methods', async () => {
    const response = await createTestRouter().send('/things/1', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('is found with a trailing slash too', async () => {
    expect((await createTestRouter().send('/things/')).status).toBe(200)
    expect((await createTestRouter().send('/things/1/')).status).toBe(200)
    expect((await createTestRouter().send('/things///')).status).toBe(200)
  })

  it('passes on a response of the handler’s own, also one whose headers cannot be changed', async () => {
    const target = 'http://studio.test/things'
    const { send } = createTestRouter({
      routes: [route('/old', () => Response.redirect(target, 307))],
    })
    const response = await send('/old')
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toBe(target)
    expect(response.headers.get('x-request-id')).toMatch(/\S/)
  })
})

describe('path parameters', () => {
  it('are percent-decoded', async () => {
    const response = await createTestRouter().send('/things/we%20ird%2Fid')
    expect(await response.json()).toEqual({ thingId: 'we ird/id' })
  })

  it('are a bad request when they are not valid percent-encoding', async () => {
    const response = await createTestRouter().send('/things/%E0%A4%A')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('do not reach across slashes', async () => {
    expect((await createTestRouter().send('/things/a/b')).status).toBe(404)
  })

  it('give way to a path that is spelled out', async () => {
    const { send } = createTestRouter({
      routes: [route('/x/:id', () => 'parameter'), route('/x/fixed', () => 'fixed')],
    })
    expect(await (await send('/x/fixed')).json()).toBe('fixed')
    expect(await (await send('/x/else')).json()).toBe('parameter')
  })
})

describe('a base path', () => {
  const { send } = createTestRouter({ basePath: '/internal/api' })

  it('prefixes every route', async () => {
    expect(await (await send('/internal/api/things/7')).json()).toEqual({ thingId: '7' })
  })

  it.each(['/things', '/internal/apithings', '/internal/api', '/'])(
    'leaves %s to others',
    async (path) => {
      expect((await send(path)).status).toBe(404)
    },
  )

  it('keeps the detail of errors on the paths below it', async () => {
    const response = await send('/internal/api/studio/nowhere')
    expect(await response.json()).toHaveProperty('detail', 'Not found')
  })
})

describe('a list of routes', () => {
  const things = route('/things/:id', () => null)

  it.each([
    ['the same method and path', { ...things, name: 'another' }],
    ['paths that differ in parameter names only', route('/things/:thingId', () => null)],
    ['the same name', { ...things, path: '/elsewhere' }],
  ])('is refused when two routes have %s', (_what, second) => {
    expect(() => createTestRouter({ routes: [things, second] })).toThrow(TypeError)
  })
})

describe('a capability', () => {
  const routes = [route('/write', () => 'written', { capability: 'write_data' })]

  it('opens its routes when the deployment has it', async () => {
    const { send } = createTestRouter({ routes, capabilities: new Set(['write_data']) })
    expect((await send('/write')).status).toBe(200)
  })

  it('is named in the 403 when the deployment lacks it', async () => {
    const response = await createTestRouter({ routes }).send('/write')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      error: { code: 'forbidden', details: { capability: 'write_data' } },
    })
  })
})

describe('the request id', () => {
  it('is the caller’s when well formed', async () => {
    const headers = { 'x-request-id': 'trace-1.2:3_4' }
    const response = await createTestRouter().send('/things', { headers })
    expect(response.headers.get('x-request-id')).toBe('trace-1.2:3_4')
  })

  it.each([
    ['blank inside', 'a b'],
    ['markup', '<script>'],
    ['too long', 'x'.repeat(129)],
  ])('is made anew when the caller’s is ill formed: %s', async (_what, id) => {
    const response = await createTestRouter().send('/things', { headers: { 'x-request-id': id } })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is on errors too, and differs between requests', async () => {
    const { send } = createTestRouter()
    const ids = [await send('/nowhere'), await send('/nowhere')].map(({ headers }) =>
      headers.get('x-request-id'),
    )
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(ids[0]).not.toBe(ids[1])
  })
})
