import { describe, expect, it } from 'vitest'
import { createTestRouter, route } from '../support/router.ts'

describe('an unknown path', () => {
  it('an unknown path is answered 404 with the error envelope', async () => {
    const response = await createTestRouter().send('/nowhere')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ error: { code: 'not_found', message: 'Not found' } })
  })

  it.each(['/studio/nowhere', '/studio', '/ai/nowhere'])(
    'an error below /studio or /ai has its message in `detail`: %s',
    async (path) => {
      const response = await createTestRouter().send(path)
      expect(await response.json()).toEqual({
        error: { code: 'not_found', message: 'Not found' },
        detail: 'Not found',
      })
    },
  )

  it('an error on /studios has no `detail`', async () => {
    const response = await createTestRouter().send('/studios')
    expect(await response.json()).not.toHaveProperty('detail')
  })
})

describe('a known path', () => {
  it('another method is refused with 405 and the allowed methods', async () => {
    const response = await createTestRouter().send('/things', { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  })

  it('HEAD is answered like GET, without the body', async () => {
    const { send } = createTestRouter()
    const [head, get] = [await send('/things', { method: 'HEAD' }), await send('/things')]
    expect(head.status).toBe(200)
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect(head.body).toBeNull()
  })

  it('HEAD has the status of a GET that fails', async () => {
    const response = await createTestRouter().send('/nowhere', { method: 'HEAD' })
    expect(response.status).toBe(404)
    expect(response.body).toBeNull()
  })

  it('HEAD cancels the stream of the GET handler', async () => {
    let cancelled = false
    const stream = () => new ReadableStream({ cancel: () => void (cancelled = true) })
    const { send } = createTestRouter({ routes: [route('/stream', () => new Response(stream()))] })
    expect((await send('/stream', { method: 'HEAD' })).body).toBeNull()
    expect(cancelled).toBe(true)
  })

  it('OPTIONS is answered with the methods of the path', async () => {
    const response = await createTestRouter().send('/things/1', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('a path matches with trailing slashes', async () => {
    expect((await createTestRouter().send('/things/')).status).toBe(200)
    expect((await createTestRouter().send('/things/1/')).status).toBe(200)
    expect((await createTestRouter().send('/things///')).status).toBe(200)
  })

  it('a Response of the handler is passed on, also one with immutable headers', async () => {
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
  it('path parameters are percent-decoded', async () => {
    const response = await createTestRouter().send('/things/we%20ird%2Fid')
    expect(await response.json()).toEqual({ thingId: 'we ird/id' })
  })

  it('a path with invalid percent-encoding is refused with 400', async () => {
    const response = await createTestRouter().send('/things/%E0%A4%A')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('a path parameter does not match a slash', async () => {
    expect((await createTestRouter().send('/things/a/b')).status).toBe(404)
  })

  it('a literal path wins over a path parameter', async () => {
    const { send } = createTestRouter({
      routes: [route('/x/:id', () => 'parameter'), route('/x/fixed', () => 'fixed')],
    })
    expect(await (await send('/x/fixed')).json()).toBe('fixed')
    expect(await (await send('/x/else')).json()).toBe('parameter')
  })
})

describe('a base path', () => {
  const { send } = createTestRouter({ basePath: '/internal/api' })

  it('basePath prefixes every route', async () => {
    expect(await (await send('/internal/api/things/7')).json()).toEqual({ thingId: '7' })
  })

  it.each(['/things', '/internal/apithings', '/internal/api', '/'])(
    'a path outside of basePath is answered 404: %s',
    async (path) => {
      expect((await send(path)).status).toBe(404)
    },
  )

  it('an error below basePath + /studio has `detail`', async () => {
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
  ])('a list of routes is refused when two routes have %s', (_what, second) => {
    expect(() => createTestRouter({ routes: [things, second] })).toThrow(TypeError)
  })
})

describe('a capability', () => {
  const routes = [route('/write', () => 'written', { capability: 'write_data' })]

  it('a route is served when the deployment has its capability', async () => {
    const { send } = createTestRouter({ routes, capabilities: new Set(['write_data']) })
    expect((await send('/write')).status).toBe(200)
  })

  it('a route is refused with 403 when the deployment lacks its capability', async () => {
    const response = await createTestRouter({ routes }).send('/write')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      error: { code: 'forbidden', details: { capability: 'write_data' } },
    })
  })
})

describe('the request id', () => {
  it('a well-formed X-Request-Id of the client is kept', async () => {
    const headers = { 'x-request-id': 'trace-1.2:3_4' }
    const response = await createTestRouter().send('/things', { headers })
    expect(response.headers.get('x-request-id')).toBe('trace-1.2:3_4')
  })

  it.each([
    ['blank inside', 'a b'],
    ['markup', '<script>'],
    ['too long', 'x'.repeat(129)],
  ])('an ill-formed X-Request-Id is replaced: %s', async (_what, id) => {
    const response = await createTestRouter().send('/things', { headers: { 'x-request-id': id } })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('errors have a request id, and each request has its own', async () => {
    const { send } = createTestRouter()
    const ids = [await send('/nowhere'), await send('/nowhere')].map(({ headers }) =>
      headers.get('x-request-id'),
    )
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(ids[0]).not.toBe(ids[1])
  })
})
