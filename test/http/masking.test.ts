import { afterEach, describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../src/errors.ts'
import { createTestRouter, route } from '../support/router.ts'

/** An error as postgres.js throws it, with everything a client must not see. */
const uniqueViolation = Object.assign(new Error('duplicate key value violates "users_email_key"'), {
  code: '23505',
  detail: 'Key (email)=(ada@example.org) already exists.',
  table_name: 'users',
  query: 'insert into users (email) values ($1)',
})

function failing(error: unknown, onError?: (error: unknown) => void) {
  const throwIt = () => {
    throw error
  }
  return createTestRouter({ routes: [route('/fail', throwIt)], ...(onError ? { onError } : {}) })
}

describe('an unknown error', () => {
  it('an unknown error is answered as internal_error without its message, stack or fields', async () => {
    const response = await failing(uniqueViolation).send('/fail')
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({
      error: { code: 'internal_error', message: 'Internal error' },
    })
    expect([...response.headers.keys()].sort()).toEqual(['content-type', 'vary', 'x-request-id'])
  })

  it('onError gets an unknown error once, with its request', async () => {
    const onError = vi.fn()
    await failing(uniqueViolation, onError).send('/fail')
    expect(onError).toHaveBeenCalledOnce()
    expect(onError.mock.calls[0]?.[0]).toBe(uniqueViolation)
    expect(onError.mock.calls[0]?.[1]).toMatchObject({ url: 'http://studio.test/fail' })
  })

  it.each([
    ['a string', 'secret text'],
    ['undefined', undefined],
    ['null', null],
  ])('any thrown value is masked: %s', async (_what, thrown) => {
    const { send, failures } = failing(thrown)
    const response = await send('/fail')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(failures).toEqual([thrown])
  })

  it('an answer that JSON cannot hold is an internal error', async () => {
    const routes = [route('/big', () => ({ id: 1n })), route('/void', () => undefined)]
    const { send, failures } = createTestRouter({ routes })
    expect((await send('/big')).status).toBe(500)
    expect((await send('/void')).status).toBe(500)
    expect(failures).toHaveLength(2)
  })
})

describe('a response that cannot be passed on', () => {
  it('a handler response that was already read is an internal error, not a rejection', async () => {
    const { send, failures } = createTestRouter({
      routes: [
        route('/used', async () => {
          const used = await fetch('data:text/plain,used') // its headers are immutable
          await used.text() // and its body is used up
          return used
        }),
      ],
    })
    const response = await send('/used')
    expect(response.status).toBe(500)
    expect(response.headers.get('x-request-id')).toMatch(/\S/)
    expect(failures).toHaveLength(1)
  })
})

describe('an error hook that fails', () => {
  const unhandled = vi.fn()
  afterEach(() => void process.off('unhandledRejection', unhandled))

  it.each([
    [
      'throws',
      () => {
        throw new Error('hook')
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook'))],
  ])('an onError hook that %s does not replace the response', async (_when, hook) => {
    process.on('unhandledRejection', unhandled)
    const response = await failing(uniqueViolation, hook).send('/fail')
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ error: { code: 'internal_error' } })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('a StudioError', () => {
  const conflict = new StudioError('conflict', 'Already decided', {
    details: { approvalId: 'a1' },
    headers: { 'retry-after': '3' },
  })

  it('a StudioError keeps its code, message, details and headers', async () => {
    const { send, failures } = failing(conflict)
    const response = await send('/fail')
    expect(response.status).toBe(409)
    expect(response.headers.get('retry-after')).toBe('3')
    expect(await response.json()).toEqual({
      error: { code: 'conflict', message: 'Already decided', details: { approvalId: 'a1' } },
    })
    expect(failures).toEqual([])
  })

  it('the cause of a StudioError is reported and not sent', async () => {
    const away = new StudioError('unavailable', 'Database is away', { cause: uniqueViolation })
    const { send, failures } = failing(away)
    const response = await send('/fail')
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('users')
    expect(failures).toEqual([uniqueViolation])
  })

  it('a StudioError is answered even if JSON cannot hold its details', async () => {
    const details: Record<string, unknown> = { count: 1n }
    details['self'] = details
    const response = await failing(new StudioError('conflict', 'Twisted', { details })).send(
      '/fail',
    )
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ error: { message: 'Twisted' } })
  })
})
