import { describe, expect, it } from 'vitest'
import { Studio } from '../../src/index.ts'

const listed = 'https://studio.aksara.dev'
const studio = new Studio([], { allowedOrigins: [listed], auth: { token: 's3cret' } })
const routes = studio.routes.map(({ method, path, open = false }) => ({
  title: `${method} ${path}`,
  method,
  open,
  url: `http://studio.test${path.replace(/:\w+\+?/g, 'any')}`,
}))
const send = (url: string, method: string, headers: Record<string, string> = {}) =>
  studio.fetch(new Request(url, { method, headers }))

describe.each(routes)('$title', ({ method, url, open }) => {
  it('a foreign origin is refused with 403 before the token is checked', async () => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer wrong' }
    const response = await send(url, method, headers)
    expect(response.status).toBe(403)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('a request without a token is refused with 401 unless the route is open', async () => {
    const response = await send(url, method, { origin: listed })
    expect(response.status).toBe(open ? 200 : 401)
    expect(response.headers.get('access-control-allow-origin')).toBe(listed)
  })

  it('a request with the token passes the guard', async () => {
    const response = await send(url, method, { authorization: 'Bearer s3cret' })
    expect(response.status).not.toBe(401)
    await response.body?.cancel()
  })

  it('a preflight of a listed origin is answered with the methods', async () => {
    const asked = { origin: listed, 'access-control-request-method': method }
    const response = await send(url, 'OPTIONS', asked)
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')?.split(', ')).toContain(method)
  })
})

it('GET /health is the only open route', () => {
  expect(routes.filter(({ open }) => open).map(({ title }) => title)).toEqual(['GET /health'])
})

it('basePath serves the routes below the prefix only', async () => {
  const mounted = new Studio([], { basePath: '/internal/' })
  const status = async (path: string) =>
    (await mounted.fetch(new Request(`http://studio.test${path}`))).status
  expect(await status('/internal/health')).toBe(200)
  expect(await status('/health')).toBe(404)
})

it('`fetch` works when it is detached from its Studio', async () => {
  const { fetch } = new Studio()
  expect((await fetch(new Request('http://studio.test/health'))).status).toBe(200)
})
