import { describe, expect, it } from 'vitest'
import { createTestStudio, endpoints } from '../support/project.ts'

describe.each(endpoints)('GET %s', (path) => {
  const statusOf = async (options: object, headers: Record<string, string> = {}) =>
    (await createTestStudio(options).send(path, headers)).status
  const listed = { allowedOrigins: ['https://studio.aksara.dev'] }

  it.each([
    [200, 'a listed origin', listed, 'https://studio.aksara.dev'],
    [200, 'no origin', listed, undefined],
    [403, 'a foreign origin', listed, 'https://evil.example'],
    [200, 'any origin if the list is *', { allowedOrigins: ['*'] }, 'https://evil.example'],
    [403, 'a foreign origin if the list is empty', { allowedOrigins: [] }, 'https://evil.example'],
    [200, 'no origin if the list is empty', { allowedOrigins: [] }, undefined],
    [200, 'its own origin if the list is empty', { allowedOrigins: [] }, 'http://studio.test'],
  ])(
    'an introspection endpoint answers %i to a request with %s',
    async (status, _case, options, origin) => {
      expect(await statusOf(options, origin ? { origin } : {})).toBe(status)
    },
  )

  it('an introspection endpoint refuses a foreign origin without revealing the allowed origins', async () => {
    const response = await createTestStudio(listed).send(path, { origin: 'https://evil.example' })
    expect(await response.json()).toMatchObject({ detail: 'Origin not allowed' })
  })

  it('an introspection endpoint answers 401 without the right token', async () => {
    const options = { auth: { token: 'right' } }
    expect(await statusOf(options)).toBe(401)
    expect(await statusOf(options, { authorization: 'Bearer wrong' })).toBe(401)
    expect(await statusOf(options, { authorization: 'Bearer right' })).toBe(200)
  })

  it('an introspection endpoint checks the origin before the token: 403 for a foreign origin without one', async () => {
    const options = { ...listed, auth: { token: 'right' } }
    expect(await statusOf(options, { origin: 'https://evil.example' })).toBe(403)
  })

  it('an introspection endpoint answers 200 to HEAD and 405 to POST', async () => {
    const { studio } = createTestStudio()
    const request = (method: string) =>
      studio.fetch(new Request(`http://studio.test${path}`, { method }))
    expect((await request('POST')).status).toBe(405)
    expect((await request('HEAD')).status).toBe(200)
  })

  it('an introspection endpoint ignores unknown query parameters', async () => {
    expect((await createTestStudio().send(`${path}?unknown=1`)).status).toBe(200)
  })
})
