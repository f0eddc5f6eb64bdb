import { describe, expect, it } from 'vitest'
import { createTestRouter } from '../support/router.ts'

const listed = 'https://studio.aksara.dev'
const withList = createTestRouter({ allowedOrigins: [listed] })
const from = (origin: string, more: Record<string, string> = {}) => ({
  headers: { origin, ...more },
})
const allowOrigin = ({ headers }: Response) => headers.get('access-control-allow-origin')

describe('the origin guard', () => {
  it('a listed origin is accepted and may read the response', async () => {
    const response = await withList.send('/things', from(listed))
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBe(listed)
    expect(response.headers.get('vary')).toBe('Origin')
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id')
  })

  it('a request without an origin is accepted', async () => {
    const response = await withList.send('/things')
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBeNull()
  })

  it('the own origin is accepted and needs no CORS headers', async () => {
    const response = await createTestRouter().send('/things', from('http://studio.test'))
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBeNull()
  })

  it.each([
    ['a foreign origin', 'https://evil.example'],
    ['the origin of a sandboxed page', 'null'],
    ['a listed host with another scheme', 'http://studio.aksara.dev'],
    ['a listed host with another port', 'https://studio.aksara.dev:8443'],
    ['a listed origin in other case', 'https://STUDIO.aksara.dev'],
    ['a listed origin with a trailing slash', 'https://studio.aksara.dev/'],
    ['the own host with another scheme', 'https://studio.test'],
  ])('the origin guard refuses %s and does not reveal the list', async (_what, origin) => {
    const response = await withList.send('/studio/things', from(origin))
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      error: { code: 'forbidden', message: 'Origin not allowed' },
      detail: 'Origin not allowed',
    })
    expect(allowOrigin(response)).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it('an empty list refuses every foreign origin', async () => {
    const { send } = createTestRouter({ allowedOrigins: [] })
    expect((await send('/things', from('https://evil.example'))).status).toBe(403)
    expect((await send('/things')).status).toBe(200)
  })

  it('the origin `null` is accepted where it is listed', async () => {
    const { send } = createTestRouter({ allowedOrigins: ['null'] })
    expect(allowOrigin(await send('/things', from('null')))).toBe('null')
  })

  it('`*` accepts every origin, without credentials', async () => {
    const { send } = createTestRouter({ allowedOrigins: ['*'] })
    const response = await send('/things', from('https://anyone.example'))
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBe('https://anyone.example')
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('a listed origin may read errors', async () => {
    const response = await withList.send('/nowhere', from(listed))
    expect(response.status).toBe(404)
    expect(allowOrigin(response)).toBe(listed)
  })
})

describe('requests of a page that send no origin', () => {
  const loading = (site: string, mode: string) => ({
    headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode },
  })

  it.each([
    ['cross-site', 'no-cors'],
    ['same-site', 'no-cors'],
    ['cross-site', 'cors'],
  ])('a subresource request without Origin is refused: %s, %s', async (site, mode) => {
    expect((await withList.send('/things', loading(site, mode))).status).toBe(403)
  })

  it.each([
    ['cross-site', 'navigate'],
    ['same-origin', 'cors'],
    ['none', 'navigate'],
  ])(
    'a navigation or a request of the own page is accepted without Origin: %s, %s',
    async (site, mode) => {
      expect((await withList.send('/things', loading(site, mode))).status).toBe(200)
    },
  )

  it('`*` accepts a cross-site subresource request', async () => {
    const { send } = createTestRouter({ allowedOrigins: ['*'] })
    expect((await send('/things', loading('cross-site', 'no-cors'))).status).toBe(200)
  })
})

describe('a preflight', () => {
  const asking = (origin: string) => ({
    method: 'OPTIONS',
    ...from(origin, { 'access-control-request-method': 'POST' }),
  })

  it('a preflight of a listed origin names the methods and headers', async () => {
    const { status, headers } = await withList.send('/things', asking(listed))
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(listed)
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, HEAD, OPTIONS')
    expect(headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'x-ai-apply']),
    )
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0)
  })

  it('a preflight of a foreign origin is refused', async () => {
    const response = await withList.send('/things', asking('https://evil.example'))
    expect(response.status).toBe(403)
    expect(response.headers.has('access-control-allow-methods')).toBe(false)
  })

  it('a preflight of the own origin gets no CORS headers', async () => {
    const response = await withList.send('/things', asking('http://studio.test'))
    expect(response.status).toBe(204)
    expect(allowOrigin(response)).toBeNull()
  })

  it('a preflight for an unknown path is answered 404', async () => {
    expect((await withList.send('/nowhere', asking(listed))).status).toBe(404)
  })
})
