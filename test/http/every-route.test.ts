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
  it('refuses a foreign origin, also with a wrong token', async () => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer wrong' }
    const response = await send(url, method, headers)
    expect(response.status).toBe(403)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('asks for the token unless it is open', async () => {
    const response = await send(url, method, { origin: listed })
    expect(response.status).toBe(open ? 200 : 401)
    expect(response.headers.get('access-control-allow-origin')).toBe(listed)
  })

  it('lets the right token through', async () => {
    const response = await send(url, method, { authorization: 'Bearer s3cret' })
    expect(response.status).not.toBe(401)
    await response.body?.cancel()
  })

  it('answers a preflight of an admitted origin', async () => {
    const asked = { origin: listed, 'access-control-request-method': method }
    const response = await send(url, 'OPTIONS', asked)
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')?.split(', ')).toContain(method)
  })
})

it('only /health is open', () => {
  expect(routes.filter(({ open }) => open).map(({ title }) => title)).toEqual(['GET /health'])
})

it('a studio below a base path serves its routes there, and nothing outside', async () => {
  const mounted = new Studio([], { basePath: '/internal/' })
  const status = async (path: string) =>
    (await mounted.fetch(new Request(`http://studio.test${path}`))).status
  expect(await status('/internal/health')).toBe(200)
  expect(await status('/health')).toBe(404)
})

it('fetch may be passed around without its studio', async () => {
  const { fetch } = new Studio()
  expect((await fetch(new Request('http://studio.test/health'))).status).toBe(200)
})
