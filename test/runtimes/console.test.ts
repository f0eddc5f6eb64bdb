import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildConsole } from '../../scripts/console.mjs'
import { type Host, hosts } from './hosts.ts'
import { createHelloProject } from './project.ts'

/** The console of the packed library below a prefix, in place of the hello example's own studio. */
const program = `
import { Studio } from 'fetch-studio'
import { consoleAssets } from 'fetch-studio/console'
export default new Studio([], { basePath: '/deep', auth: { token: 'open-sesame' }, console: consoleAssets() })
`

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
const guards = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

let project = ''
beforeAll(async () => {
  project = await createHelloProject()
  writeFileSync(join(project, 'studio.ts'), program)
}, 300_000) // it builds and packs the library
afterAll(() => rmSync(project, { recursive: true, force: true }))

describe.each(hosts)('the console of the packed library on $name', ({ name, start }) => {
  let host: Host | undefined
  beforeAll(async () => void (host = await start(project)))
  afterAll(() => host?.stop())

  const get = (path: string, headers: Record<string, string> = {}) =>
    getRaw(new URL(path, host?.url), headers)

  it(`${name} redirects a browser that asks for the root, and nobody else`, async () => {
    for (const root of ['/deep', '/deep/']) {
      const { status, headers } = await get(root, { accept: 'text/html,*/*;q=0.8' })
      expect(status).toBe(303)
      const { pathname } = new URL(String(headers.location), new URL(root, host?.url))
      expect(pathname).toBe('/deep/console')
      expect(headers).toMatchObject({ ...guards, vary: expect.stringContaining('accept') })
    }
    const { status } = await get('/deep/', { accept: 'application/json' })
    expect([401, 404]).toContain(status) // as without a console
  })

  it(`${name} serves one page for every place of the console, with its policy and no token`, async () => {
    for (const place of ['', '/', '/runs/run_1?tab=log', '/approvals?tab=resolved']) {
      const { status, headers, body } = await get(`/deep/console${place}`)
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        ...guards,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      })
      expect(body.toString()).toContain('<div id="console">')
      expect(body.toString()).not.toMatch(/<script>|style=|https?:\/\//)
      const again = await get(`/deep/console${place}`, { 'if-none-match': `${headers.etag}` })
      expect([again.status, again.body.length]).toEqual([304, 0])
    }
    expect((await get('/deep/runs')).status).toBe(401)
  })

  it(`${name} serves every file of the console, compressed and not, for ever under its name`, async () => {
    const read = new Map<string, string>()
    const page = new URL('/deep/console/runs/run_1', host?.url)
    const names = [
      ...(await get(page.pathname)).body.toString().matchAll(/(?:src|href)="([^"]+)"/g),
    ]
    const waiting = names.map(([, file = '']) => new URL(file, page).pathname)
    for (const path of waiting) {
      if (read.has(path)) continue
      const text = await readFile(path)
      read.set(path, text)
      // A file imports others by names that are relative to it.
      if (!path.endsWith('.js')) continue
      const imports = text.matchAll(/["'`](\.\/[\w-]+-[\w-]{8}\.js)["'`]/g)
      for (const [, file = ''] of imports) waiting.push(new URL(file, new URL(path, page)).pathname)
    }
    const built = (await buildConsole()).files.map(({ name: file, content }) => [
      file,
      Buffer.from(content).toString(),
    ])
    const served = [...read].map(([path, text]) => [path.split('/').at(-1), text])
    expect(served.sort()).toEqual(built.sort())
  })

  /** Reads a file in both forms, which have to be equal. */
  async function readFile(path: string): Promise<string> {
    expect(path).toMatch(/^\/deep\/console\/assets\/[\w-]+-[\w-]{8}\.(js|css|svg)$/)
    const packed = await get(path, { 'accept-encoding': 'gzip' })
    const plain = await get(path, { 'accept-encoding': 'identity' })
    for (const { status, headers } of [packed, plain]) {
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        ...guards,
        'cache-control': 'public, max-age=31536000, immutable',
        etag: expect.stringContaining(path.split('/').at(-1) ?? ''),
        vary: expect.stringContaining('accept-encoding'),
      })
    }
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(plain.headers['content-encoding']).toBeUndefined()
    const text = plain.body.toString()
    expect(gunzipSync(packed.body).toString()).toBe(text)
    const again = await get(path, { 'if-none-match': String(packed.headers.etag) })
    expect([again.status, again.body.length]).toEqual([304, 0])
    return text
  }
})

/** Sends a request and returns the bytes of its answer as they are on the wire, which `fetch` would inflate. */
async function getRaw(url: URL, headers: Record<string, string>) {
  const sent = request(url, { headers, agent: false })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) }
}
