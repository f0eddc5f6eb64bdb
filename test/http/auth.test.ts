import { afterEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../src/errors.ts'
import { bearerToken } from '../../src/http/guards.ts'
import { createTestRouter, route } from '../support/router.ts'

const bearing = (authorization: string) => ({ headers: { authorization } })

describe('a bearer token', () => {
  const { send } = createTestRouter({ auth: bearerToken('s3cret') })

  it.each([
    ['no header', {}],
    ['another token', bearing('Bearer wrong')],
    ['the token and more', bearing('Bearer s3cret2')],
    ['a part of it', bearing('Bearer s3cre')],
    ['another scheme', bearing('Basic s3cret')],
    ['no token at all', bearing('Bearer')],
    ['the token alone', bearing('s3cret')],
  ])('is refused with 401 and nothing of why: %s', async (_what, init) => {
    const response = await send('/studio/things', init)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toEqual({
      error: { code: 'unauthorized', message: 'Studio requires authentication' },
      detail: 'Studio requires authentication',
    })
  })

  it.each(['Bearer s3cret', 'bearer s3cret', 'Bearer  s3cret '])(
    'is taken as %j',
    async (header) => {
      expect((await send('/things', bearing(header))).status).toBe(200)
    },
  )

  it('is not asked of /health, nor of a preflight', async () => {
    expect((await send('/health')).status).toBe(200)
    expect((await send('/health/')).status).toBe(200)
    expect((await send('/things', { method: 'OPTIONS' })).status).toBe(204)
  })

  it('is asked before it is told whether a path exists', async () => {
    expect((await send('/nowhere')).status).toBe(401)
  })

  it('is asked only after the origin was let in', async () => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer wrong' }
    expect((await send('/things', { headers })).status).toBe(403)
  })

  it.each(['', ' ', 'two words'])('cannot be set up as %j', (token) => {
    expect(() => bearerToken(token)).toThrow('auth.token')
  })
})

describe('comparing a bearer token', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('looks at digests of equal length, whatever was sent', async () => {
    const digest = vi.spyOn(crypto.subtle, 'digest')
    const { send } = createTestRouter({ auth: bearerToken('s3cret') })
    for (const token of ['x', 's3cret', 'y'.repeat(1000)]) {
      digest.mockClear()
      await send('/things', bearing(`Bearer ${token}`))
      expect(digest.mock.calls.map(([algorithm]) => algorithm)).toEqual(['SHA-256', 'SHA-256'])
    }
  })
})

describe('an auth function', () => {
  it('sees the request, and its principal reaches the handler', async () => {
    const { send } = createTestRouter({
      auth: async (request) => ({ id: request.headers.get('x-user') ?? '', tenant: 'acme' }),
      routes: [route('/who', (_input, { principal }) => principal)],
    })
    const response = await send('/who', { headers: { 'x-user': 'ada' } })
    expect(await response.json()).toEqual({ id: 'ada', tenant: 'acme' })
  })

  it.each([
    ['null', () => null],
    ['a promise of null', async () => null],
  ])('refuses with %s', async (_what, auth) => {
    const { send, failures } = createTestRouter({ auth })
    expect((await send('/things')).status).toBe(401)
    expect(failures).toEqual([])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('ldap://admin:pw@host is down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('ldap://admin:pw@host is down'))],
  ])('that %s lets nobody in and leaks nothing', async (_what, auth) => {
    const { send, failures } = createTestRouter({ auth })
    const response = await send('/things')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('ldap')
    expect(failures).toHaveLength(1)
  })

  it('may refuse in its own words', async () => {
    const auth = () => {
      throw new StudioError('rate_limited', 'Slow down', { headers: { 'retry-after': '7' } })
    }
    const response = await createTestRouter({ auth }).send('/things')
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
  })
})
