import { describe, expect, it } from 'vitest'
import { createTestRouter } from '../support/router.ts'
import { bearerToken } from '../../src/http/guards.ts'

const bun = (address: string) => ({ requestIP: () => ({ address, port: 1, family: 'IPv4' }) })
const deno = (hostname: string) => ({ remoteAddr: { transport: 'tcp', hostname, port: 1 } })
const ask = (router: ReturnType<typeof createTestRouter>, env: unknown, host = 'localhost:3000') =>
  router.fetch(new Request(`http://${host}/health`), env)

describe.each([
  ['Bun', bun],
  ['Deno', deno],
])('a studio without auth on %s', (_name, from) => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('answers %s by a loopback name', async (ip) => {
    expect((await ask(createTestRouter(), from(ip))).status).toBe(200)
  })

  it('refuses a foreign Host from loopback (DNS rebinding)', async () => {
    expect((await ask(createTestRouter(), from('127.0.0.1'), 'evil.example')).status).toBe(403)
  })

  it('refuses a client of another machine', async () => {
    const response = await ask(createTestRouter(), from('192.0.2.7'))
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('allowedHosts')
  })

  it('answers other machines with auth or allowedHosts', async () => {
    const allowed = createTestRouter({ allowedHosts: ['studio.example'] })
    expect((await ask(allowed, from('192.0.2.7'), 'studio.example')).status).toBe(200)
    const secured = createTestRouter({ auth: bearerToken('secret') })
    expect((await ask(secured, from('192.0.2.7'), 'studio.example')).status).not.toBe(403)
  })
})
