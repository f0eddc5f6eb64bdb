import { describe, expect, it } from 'vitest'
import { createTestRouter } from '../support/router.ts'

describe('allowed hosts', () => {
  const { send } = createTestRouter({ allowedHosts: ['studio.example', 'api.example:8080'] })

  it.each([
    ['a listed name', 'http://studio.example/things'],
    ['a listed name on any port', 'http://studio.example:4021/things'],
    ['a listed name with its port', 'http://api.example:8080/things'],
  ])('allowedHosts accepts %s', async (_what, url) => {
    expect((await send(url)).status).toBe(200)
  })

  it.each([
    ['another name', 'http://evil.example/things'],
    ['another port of a name listed with one', 'http://api.example:9090/things'],
    ['a name that only ends in a listed one', 'http://evil-studio.example/things'],
    ['loopback, when it is not listed', 'http://localhost/things'],
  ])('allowedHosts refuses %s', async (_what, url) => {
    const response = await send(url)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { message: 'Host not allowed' } })
  })

  it('any host is accepted without allowedHosts', async () => {
    expect((await createTestRouter().send('http://whatever.example/things')).status).toBe(200)
  })
})

describe('a listener on loopback', () => {
  const { send } = createTestRouter()
  const onLoopback = (url: string) => send(url, {}, { loopback: true })

  it.each(['localhost:4021', '127.0.0.1', '127.8.8.8:99', '[::1]:4021', 'LOCALHOST'])(
    'a listener on loopback accepts the host %s',
    async (host) => {
      expect((await onLoopback(`http://${host}/things`)).status).toBe(200)
    },
  )

  it.each(['evil.example:4021', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])(
    'a listener on loopback refuses the host %s (DNS rebinding)',
    async (host) => {
      expect((await onLoopback(`http://${host}/things`)).status).toBe(403)
    },
  )

  it('a listener on loopback refuses a foreign host even if the origin equals it', async () => {
    const init = { headers: { origin: 'http://evil.example' } }
    const response = await send('http://evil.example/things', init, { loopback: true })
    expect(response.status).toBe(403)
  })

  it('allowedHosts replaces the loopback names', async () => {
    const router = createTestRouter({ allowedHosts: ['studio.example'] })
    const status = async (url: string) => (await router.send(url, {}, { loopback: true })).status
    expect(await status('http://studio.example/things')).toBe(200)
    expect(await status('http://localhost/things')).toBe(403)
  })
})
