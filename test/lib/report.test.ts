import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createReport } from '../../src/lib/options/report.ts'

const printed: string[] = []
beforeEach(() => {
  printed.length = 0
  vi.spyOn(console, 'error').mockImplementation((text: unknown) => void printed.push(String(text)))
})
afterEach(() => void vi.restoreAllMocks())

it('without a hook an error is printed with its run, stack, facts and causes', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const error = Object.assign(new TypeError('fetch failed', { cause }), { statusCode: 502 })
  createReport(undefined)(error, undefined, { runId: 'r1', agentId: 'a1', tool: 't1' })
  const [text = ''] = printed
  expect(printed).toHaveLength(1)
  expect(text).toMatch(/^fetch-studio: run r1, agent a1, tool t1: TypeError: fetch failed\n +at /)
  expect(text).toContain('report.test.ts')
  expect(text).toContain('statusCode: 502')
  expect(text).toContain('caused by: Error: connect ECONNREFUSED')
})

it('what is printed holds no secret, also not in a cause or a body', () => {
  const cause = Object.assign(new Error('postgres://app:hunter2@db/shop failed'), {
    responseBody: '{"api_key":"abc123"}',
  })
  createReport(undefined)(new Error('Bearer abcdefghijkl', { cause }))
  expect(printed.join()).not.toMatch(/hunter2|abc123|abcdefghijkl/)
})

it.each([
  [
    'throws',
    () => {
      throw new Error('hook')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('hook')
    },
  ],
])('a hook that %s is printed together with the error that it did not take', async (_, hook) => {
  createReport(hook)(new Error('original'))
  await vi.waitFor(() => expect(printed).toHaveLength(2), { timeout: 15_000 })
  expect(printed[0]).toContain('onError failed: Error: hook')
  expect(printed[1]).toContain('Error: original')
})

it.each([
  ['text', 'lost'],
  ['undefined', undefined],
  ['an error that is its own cause', Object.assign(new Error('x'), { cause: null as unknown })],
  [
    'a proxy that throws',
    new Proxy(
      {},
      {
        get() {
          throw new Error('no')
        },
      },
    ),
  ],
])('a report of %s does not throw', (_, error) => {
  if (error instanceof Error) error.cause = error
  expect(() => createReport(undefined)(error)).not.toThrow()
  expect(printed).toHaveLength(1)
})

it('a console that throws does not end the process', () => {
  vi.mocked(console.error).mockImplementation(() => {
    throw new Error('EPIPE')
  })
  expect(() => createReport(undefined)(new Error('x'))).not.toThrow()
})

it('an onError that is no function is a TypeError', () => {
  expect(() => createReport('log' as unknown as () => void)).toThrow(TypeError)
})
