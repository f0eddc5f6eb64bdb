import { expect, it } from 'vitest'
import { limits, measure } from '../../scripts/console-limits.ts'
import { buildConsole } from '../../scripts/console.mjs'
import { consoleAssets } from '../../src/console.ts'
import { Studio, type StudioOptions } from '../../src/index.ts'

const request = (path: string, headers: Record<string, string> = {}) =>
  new Request(`http://studio.test${path}`, { headers })

const createStudio = (options: StudioOptions = {}) =>
  new Studio([], { console: consoleAssets(), ...options })

/** Returns the path of a file of the console, as its page names it. */
async function findFile(studio: Studio, ending: string): Promise<string> {
  const html = await (await studio.fetch(request('/console'))).text()
  return `/${new RegExp(`"(console/assets/[^"]+${ending})"`).exec(html)?.[1] ?? ''}`
}

it('the files of the console keep their limits', async () => {
  const sizes = measure((await buildConsole()).files)
  for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
    expect([name, sizes[name] <= limits[name]]).toEqual([name, true])
    expect(sizes[name]).toBeGreaterThan(1_000) // something was built
  }
})

it('serves the pages without a token, under a policy that admits nothing foreign', async () => {
  const studio = createStudio({ auth: { token: 'secret' } })
  const { status, headers } = await studio.fetch(request('/console/runs/run_1'))
  expect(status).toBe(200)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  })
  expect((await studio.fetch(request('/runs'))).status).toBe(401)
})

it('a page names its files relative to itself, whatever the prefix', async () => {
  const studio = createStudio({ basePath: '/deep' })
  for (const path of [
    '/deep/console',
    '/deep/console/',
    '/deep/console/runs',
    '/deep/console/a/b/',
  ]) {
    const html = await (await studio.fetch(request(path))).text()
    const [, file = ''] = /src="([^"]+)"/.exec(html) ?? []
    const url = new URL(file, `http://studio.test${path}`)
    expect(url.pathname).toMatch(/^\/deep\/console\/assets\/first-theme-\w+\.js$/)
    expect((await studio.fetch(request(url.pathname))).status).toBe(200)
  }
})

it('serves files that never change, compressed only for clients that accept it', async () => {
  const studio = createStudio()
  const path = await findFile(studio, 'css')
  const plain = await studio.fetch(request(path))
  const packed = await studio.fetch(request(path, { 'accept-encoding': 'br, gzip' }))
  const refused = await studio.fetch(request(path, { 'accept-encoding': 'gzip;q=0, *' }))
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(refused.headers.get('content-encoding')).toBeNull()
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(packed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(packed.headers.get('vary')).toContain('accept-encoding')
  const inflated = new Response(packed.body?.pipeThrough(new DecompressionStream('gzip')))
  expect(await inflated.text()).toBe(await plain.text())
})

it('answers 304 to a client that has the page or the file', async () => {
  const studio = createStudio()
  for (const path of ['/console', await findFile(studio, 'svg')]) {
    const etag = (await studio.fetch(request(path))).headers.get('etag') ?? ''
    const again = await studio.fetch(request(path, { 'if-none-match': `W/${etag}` }))
    expect([again.status, await again.text()]).toEqual([304, ''])
  }
})

it('redirects only browsers from the root, and only with the console', async () => {
  const html = { accept: 'text/html,*/*' }
  const studio = createStudio({ basePath: '/deep' })
  for (const path of ['/deep', '/deep/']) {
    const answer = await studio.fetch(request(path, html))
    expect(answer.status).toBe(303)
    const location = new URL(answer.headers.get('location') ?? '', `http://studio.test${path}`)
    expect(location.pathname).toBe('/deep/console')
  }
  expect((await studio.fetch(request('/deep/'))).status).toBe(404)
  expect((await studio.fetch(request('/', html))).status).toBe(404)
  const without = new Studio([])
  expect((await without.fetch(request('/', html))).status).toBe(404)
  expect((await without.fetch(request('/console', html))).status).toBe(404)
})

it('refuses other methods, unknown files and foreign hosts', async () => {
  const studio = createStudio({ allowedHosts: ['studio.test'] })
  const posted = new Request('http://studio.test/console', { method: 'POST' })
  expect((await studio.fetch(posted)).status).toBe(405)
  expect((await studio.fetch(request('/console/assets/main.js'))).status).toBe(404)
  expect((await studio.fetch(request('/console/assets/__proto__'))).status).toBe(404)
  expect((await studio.fetch(new Request('http://evil.test/console'))).status).toBe(403)
})
