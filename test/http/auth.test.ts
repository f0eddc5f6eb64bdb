import { afterEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../src/errors.ts'
import { type Authenticate, bearerToken, toAuthenticate } from '../../src/http/guards.ts'
import { createTestRouter, route } from '../support/router.ts'

const bearing = (authorization: string) => ({ headers: { authorization } })

describe('a bearer token', () => {
  const { send } = createTestRouter({ auth: bearerToken('s3cret') })

  it.each([
    ['a request without Authorization', {}],
    ['a wrong token', bearing('Bearer wrong')],
    ['a longer token', bearing('Bearer s3cret2')],
    ['a prefix of the token', bearing('Bearer s3cre')],
    ['another scheme', bearing('Basic s3cret')],
    ['a scheme without a token', bearing('Bearer')],
    ['a token without a scheme', bearing('s3cret')],
  ])('the token guard answers 401 without a reason: %s', async (_what, init) => {
    const response = await send('/studio/things', init)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toEqual({
      error: { code: 'unauthorized', message: 'Studio requires authentication' },
      detail: 'Studio requires authentication',
    })
  })

  it.each(['Bearer s3cret', 'bearer s3cret', 'Bearer  s3cret '])(
    'the token guard accepts the header %j',
    async (header) => {
      expect((await send('/things', bearing(header))).status).toBe(200)
    },
  )

  it('/health and OPTIONS need no token', async () => {
    expect((await send('/health')).status).toBe(200)
    expect((await send('/health/')).status).toBe(200)
    expect((await send('/things', { method: 'OPTIONS' })).status).toBe(204)
  })

  it('an unknown path answers 401 without a token, not 404', async () => {
    expect((await send('/nowhere')).status).toBe(401)
  })

  it('a foreign origin is refused with 403 before the token is checked', async () => {
    const headers = { origin: 'https://evil.example', authorization: 'Bearer wrong' }
    expect((await send('/things', { headers })).status).toBe(403)
  })

  it.each(['', ' ', 'two words'])('bearerToken(%j) throws', (token) => {
    expect(() => bearerToken(token)).toThrow('auth.token')
  })
})

describe('comparing a bearer token', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('bearerToken compares SHA-256 digests, whatever the client sent', async () => {
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
  it('an auth function gets the request, and the handler gets its principal', async () => {
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
  ])('an auth function that returns %s refuses the request with 401', async (_what, auth) => {
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
  ])('an auth function that %s answers 500 and leaks nothing', async (_what, auth) => {
    const { send, failures } = createTestRouter({ auth })
    const response = await send('/things')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('ldap')
    expect(failures).toHaveLength(1)
  })

  it('an auth function may throw a StudioError of its own', async () => {
    const auth = () => {
      throw new StudioError('rate_limited', 'Slow down', { headers: { 'retry-after': '7' } })
    }
    const response = await createTestRouter({ auth }).send('/things')
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
  })
})

describe('an auth function of the user', () => {
  afterEach(() => void vi.useRealTimers())

  const request = new Request('http://studio.test/')
  const guard = (answer: unknown) => toAuthenticate((() => answer) as unknown as Authenticate)

  it.each([null, undefined, false])(
    'toAuthenticate refuses the caller when it returns %j',
    async (answer) => {
      expect(await guard(answer)(request)).toBeNull()
    },
  )

  it.each([{ id: 'ada' }, { id: 'ada', tenant: 'acme', admin: true }])(
    'toAuthenticate lets the principal %j in',
    async (answer) => {
      expect(await guard(answer)(request)).toEqual(answer)
    },
  )

  it.each([
    true,
    'ada',
    1,
    {},
    [],
    { id: 5 },
    { id: 'ada', tenant: 7 },
    { id: 'ada', admin: 'yes' },
  ])('toAuthenticate lets nobody in when it returns %j', async (answer) => {
    await expect(guard(answer)(request)).rejects.toThrow(TypeError)
  })

  it('toAuthenticate rejects with unavailable when it does not answer for 30 s', async () => {
    vi.useFakeTimers()
    const answer = async () => guard(new Promise(() => undefined))(request)
    const outcome = answer().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await outcome).toMatchObject({ code: 'unavailable' })
  })
})
