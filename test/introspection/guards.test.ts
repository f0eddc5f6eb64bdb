import { describe, expect, it } from 'vitest'
import { createTestStudio, endpoints } from '../support/project.ts'

describe.each(endpoints)('GET %s', (path) => {
  const statusOf = async (options: object, headers: Record<string, string> = {}) =>
    (await createTestStudio(options).send(path, headers)).status
  const listed = { allowedOrigins: ['https://studio.aksara.dev'] }

  it.each([
    ['a listed origin', listed, 'https://studio.aksara.dev', 200],
    ['no origin', listed, undefined, 200],
    ['a foreign origin', listed, 'https://evil.example', 403],
    ['any origin under *', { allowedOrigins: ['*'] }, 'https://evil.example', 200],
    ['a foreign origin and an empty list', { allowedOrigins: [] }, 'https://evil.example', 403],
    ['no origin and an empty list', { allowedOrigins: [] }, undefined, 200],
    ['its own origin and an empty list', { allowedOrigins: [] }, 'http://studio.test', 200],
  ])('answers %s', async (_case, options, origin, status) => {
    expect(await statusOf(options, origin ? { origin } : {})).toBe(status)
  })

  it('refuses a foreign origin without a word about the list', async () => {
    const response = await createTestStudio(listed).send(path, { origin: 'https://evil.example' })
    expect(await response.json()).toMatchObject({ detail: 'Origin not allowed' })
  })

  it('wants the token, origin or no origin', async () => {
    const options = { auth: { token: 'right' } }
    expect(await statusOf(options)).toBe(401)
    expect(await statusOf(options, { authorization: 'Bearer wrong' })).toBe(401)
    expect(await statusOf(options, { authorization: 'Bearer right' })).toBe(200)
  })

  it('checks the origin before the token', async () => {
    const options = { ...listed, auth: { token: 'right' } }
    expect(await statusOf(options, { origin: 'https://evil.example' })).toBe(403)
  })

  it('answers nothing but GET and HEAD', async () => {
    const { studio } = createTestStudio()
    const ask = (method: string) =>
      studio.fetch(new Request(`http://studio.test${path}`, { method }))
    expect((await ask('POST')).status).toBe(405)
    expect((await ask('HEAD')).status).toBe(200)
  })

  it('ignores unknown query parameters', async () => {
    expect((await createTestStudio().send(`${path}?unknown=1`)).status).toBe(200)
  })
})
