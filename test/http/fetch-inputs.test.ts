import { expect, it } from 'vitest'
import { Studio } from '../../src/index.ts'

const studio = new Studio()

it.each([
  ['a path', '/health'],
  ['a text with an origin', 'http://x.test/health'],
  ['a URL', new URL('http://x.test/health')],
  ['a Request', new Request('http://x.test/health')],
])('fetch takes %s', async (_what, input) => {
  expect((await studio.fetch(input as string)).status).toBe(200)
})

it('fetch takes init beside a path', async () => {
  expect((await studio.fetch('/health', { method: 'DELETE' })).status).toBe(405)
})

it('a path alone is sent to an allowed host', async () => {
  const guarded = new Studio([], { allowedHosts: ['studio.example'] })
  expect((await guarded.fetch('/health')).status).toBe(200)
})

it.each([['http://'], ['http://[::1'], [undefined], [Symbol.iterator], [{ toString: null }]])(
  'fetch answers 400 for %s instead of rejecting',
  async (input) => {
    expect((await studio.fetch(input as never, { method: 'ba d' })).status).toBe(400)
  },
)
