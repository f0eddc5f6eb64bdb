import { describe, expect, it } from 'vitest'
import { createTestRouter } from '../support/router.ts'

const listed = 'https://studio.aksara.dev'
const withList = createTestRouter({ allowedOrigins: [listed] })
const from = (origin: string, more: Record<string, string> = {}) => ({
  headers: { origin, ...more },
})
const allowOrigin = ({ headers }: Response) => headers.get('access-control-allow-origin')

describe('the origin guard', () => {
  it('lets in a listed origin, and lets it read the answer', async () => {
    const response = await withList.send('/things', from(listed))
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBe(listed)
    expect(response.headers.get('vary')).toBe('Origin')
    expect(response.headers.get('access-control-expose-headers')).toContain('x-request-id')
  })

  it('lets in requests without an origin', async () => {
    const response = await withList.send('/things')
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBeNull()
  })

  it('lets in the request’s own origin without CORS headers', async () => {
    const response = await createTestRouter().send('/things', from('http://studio.test'))
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBeNull()
  })

  it.each([
    ['a foreign one', 'https://evil.example'],
    ['a sandboxed page', 'null'],
    ['another scheme', 'http://studio.aksara.dev'],
    ['another port', 'https://studio.aksara.dev:8443'],
    ['other letters', 'https://STUDIO.aksara.dev'],
    ['a trailing slash', 'https://studio.aksara.dev/'],
    ['its own host over another scheme', 'https://studio.test'],
  ])('refuses %s and says nothing of the list', async (_what, origin) => {
    const response = await withList.send('/studio/things', from(origin))
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({
      error: { code: 'forbidden', message: 'Origin not allowed' },
      detail: 'Origin not allowed',
    })
    expect(allowOrigin(response)).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it('refuses every foreign origin while the list is empty', async () => {
    const { send } = createTestRouter({ allowedOrigins: [] })
    expect((await send('/things', from('https://evil.example'))).status).toBe(403)
    expect((await send('/things')).status).toBe(200)
  })

  it('admits `null` only where it is listed', async () => {
    const { send } = createTestRouter({ allowedOrigins: ['null'] })
    expect(allowOrigin(await send('/things', from('null')))).toBe('null')
  })

  it('lets all in with `*`, and never with credentials', async () => {
    const { send } = createTestRouter({ allowedOrigins: ['*'] })
    const response = await send('/things', from('https://anyone.example'))
    expect(response.status).toBe(200)
    expect(allowOrigin(response)).toBe('https://anyone.example')
    expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  })

  it('lets a listed origin read errors too', async () => {
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
  ])('are refused from elsewhere: %s, %s', async (site, mode) => {
    expect((await withList.send('/things', loading(site, mode))).status).toBe(403)
  })

  it.each([
    ['cross-site', 'navigate'],
    ['same-origin', 'cors'],
    ['none', 'navigate'],
  ])('are let in as typed or followed links and from here: %s, %s', async (site, mode) => {
    expect((await withList.send('/things', loading(site, mode))).status).toBe(200)
  })

  it('are let in where all are', async () => {
    const { send } = createTestRouter({ allowedOrigins: ['*'] })
    expect((await send('/things', loading('cross-site', 'no-cors'))).status).toBe(200)
  })
})

describe('a preflight', () => {
  const asking = (origin: string) => ({
    method: 'OPTIONS',
    ...from(origin, { 'access-control-request-method': 'POST' }),
  })

  it('tells an admitted origin what it may send', async () => {
    const { status, headers } = await withList.send('/things', asking(listed))
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(listed)
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST, HEAD, OPTIONS')
    expect(headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'x-ai-apply']),
    )
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0)
  })

  it('is refused to another origin', async () => {
    const response = await withList.send('/things', asking('https://evil.example'))
    expect(response.status).toBe(403)
    expect(response.headers.has('access-control-allow-methods')).toBe(false)
  })

  it('needs no CORS headers from the same origin', async () => {
    const response = await withList.send('/things', asking('http://studio.test'))
    expect(response.status).toBe(204)
    expect(allowOrigin(response)).toBeNull()
  })

  it('is a 404 for an unknown path', async () => {
    expect((await withList.send('/nowhere', asking(listed))).status).toBe(404)
  })
})
