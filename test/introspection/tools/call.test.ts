import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AppHandler, ProjectDefinition } from '../../../src/index.ts'
import { createBookApp, createBookshop } from '../../support/bookshop.ts'

const confirmed = { 'x-ai-apply': 'true', authorization: 'Bearer reader' }

/** Creates a shop whose application returns `answer`, and records its requests. */
function createStubShop(
  answer: (request: Request) => Response | Promise<Response>,
  definition: Partial<ProjectDefinition> = {},
) {
  const requests: Request[] = []
  const app: AppHandler = (request: Request) => {
    requests.push(request)
    return answer(request)
  }
  return { requests, ...createBookshop({ app, ...definition }, { allow: ['write_data'] }) }
}

const ok = () => Response.json({ fine: true })

describe('a call of a resource tool', () => {
  it('a tool call sends the request of its tool with the headers of the caller', async () => {
    const { app, seen } = createBookApp()
    const { call } = createBookshop({ app }, { allow: ['write_data'] })
    const headers = { ...confirmed, cookie: 'a=b', 'x-tenant': 't1', 'x-request-id': 'r1' }
    const { status, body } = await call('book_update', { pk: 1, title: 'Bel' }, headers)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { tool: 'book_update', is_error: false, status: 200, result: { title: 'Bel' } },
    })
    expect(seen).toEqual([
      {
        method: 'PATCH',
        url: 'http://studio.test/api/books/1',
        headers: {
          accept: 'application/json',
          authorization: 'Bearer reader',
          'content-type': 'application/json',
          cookie: 'a=b',
          'x-request-id': 'r1',
          'x-tenant': 't1',
        },
        body: { title: 'Bel' },
      },
    ])
  })

  it('the arguments of a list tool become query parameters', async () => {
    const { app, seen } = createBookApp()
    const { call } = createBookshop({ app })
    await call('book_list', { limit: 5, title: 'a&b=c#d', year: null })
    expect(seen[0]?.url).toBe('http://studio.test/api/books?title=a%26b%3Dc%23d&limit=5&offset=0')
  })

  it('the application receives env and context', async () => {
    const received: unknown[] = []
    const app = {
      fetch: (_request: Request, ...host: unknown[]) => (received.push(...host), ok()),
    }
    const { studio } = createBookshop({ app })
    const request = new Request('http://studio.test/ai/tools/book_list/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const context = { waitUntil: () => undefined }
    expect((await studio.fetch(request, { KEY: 1 }, context)).status).toBe(200)
    expect(received).toEqual([{ KEY: 1 }, context])
  })

  it('sensitive members are removed from an answer at any depth', async () => {
    const { call } = createStubShop(() =>
      Response.json({ id: 1, secret: 'x', author: [{ name: 'A', password_hash: 'y' }] }),
    )
    const { body } = await call('book_retrieve', { pk: 1 })
    expect(body['result']).toEqual({ id: 1, author: [{ name: 'A' }] })
  })

  it('a write without write_data or the header X-AI-Apply is refused before the application is called', async () => {
    const { app, seen } = createBookApp()
    const refused = await createBookshop({ app }).call('book_delete', { pk: 1 }, confirmed)
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { details: { capability: 'write_data' } } },
    })
    const { call } = createBookshop({ app }, { allow: ['write_data'] })
    expect((await call('book_delete', { pk: 1 })).status).toBe(403)
    expect((await call('book_delete', { pk: 1 }, { 'x-ai-apply': 'yes' })).status).toBe(403)
    expect(seen).toEqual([])
    expect((await call('book_delete', { pk: 1 }, confirmed)).body).toMatchObject({
      result: { deleted: true },
    })
  })

  it('a resource tool answers 501 without an application', async () => {
    expect((await createBookshop().call('book_list')).status).toBe(501)
  })

  it('a call with wrong arguments is refused with every field at fault', async () => {
    const { call, requests } = createStubShop(ok)
    const { status, body } = await call('book_create', { title: 1, year: 'x', no: 1 }, confirmed)
    expect(status).toBe(400)
    expect(body).toMatchObject({
      detail: expect.stringContaining('title'),
      error: {
        details: [
          { path: 'title' },
          { path: 'year' },
          { path: 'no', message: expect.stringContaining('"no"') },
        ],
      },
    })
    expect(requests).toEqual([])
  })

  it.each([
    ['malformed JSON', '{"arguments"', 400],
    ['a list', '[]', 400],
    ['an unknown key', '{"args":{}}', 400],
    ['arguments that are not an object', '{"arguments":[]}', 400],
    ['a body that is too large', `{"arguments":{"title":"${'x'.repeat(2_000_000)}"}}`, 413],
  ])('a call with %s is refused', async (_case, body, status) => {
    const { send } = createStubShop(ok)
    const headers = { 'content-type': 'application/json' }
    const answer = await send('/ai/tools/book_list/call', { method: 'POST', headers, body })
    expect(answer.status).toBe(status)
  })
})

describe('the path of a call', () => {
  const authors = { resources: [{ model: 'Shelf', prefix: '/api/shelves' }] }

  it.each([
    ['..', null],
    ['.', null],
    ['\ud800', null],
    ['', null],
    ['../../ai/mcp', '/api/shelves/..%2F..%2Fai%2Fmcp'],
    ['%2e%2e', '/api/shelves/%252e%252e'],
    ['a/b?c#d', '/api/shelves/a%2Fb%3Fc%23d'],
    ['//evil.example/x', '/api/shelves/%2F%2Fevil.example%2Fx'],
    ['http://169.254.169.254/', '/api/shelves/http%3A%2F%2F169.254.169.254%2F'],
    ['\\..\\..', '/api/shelves/%5C..%5C..'],
    ['$&{pk}', '/api/shelves/%24%26%7Bpk%7D'],
    ['a\r\nx: y', '/api/shelves/a%0D%0Ax%3A%20y'],
  ])('a call with the key %j stays below the prefix of its resource', async (pk, path) => {
    const { call, requests } = createStubShop(ok, authors)
    const { status } = await call('shelf_retrieve', { pk })
    const urls = requests.map(({ url }) => url)
    expect({ status, urls }).toEqual(
      path === null
        ? { status: 400, urls: [] }
        : { status: 200, urls: [`http://studio.test${path}`] },
    )
  })

  it.each(['//evil.example', '/api/../x', '/api?x', '/a b', '/%2e%2e', '/x#y'])(
    'a resource cannot have the prefix %s',
    (prefix) => {
      expect(() => createBookshop({ resources: [{ model: 'Book', prefix }] })).toThrow(/plain path/)
    },
  )
})

describe('the answer of an application to a call', () => {
  const outcome = async (answer: () => Response | Promise<Response>) => {
    const { call, failures } = createStubShop(answer)
    const { body } = await call('book_list')
    return { ...body, failures }
  }
  const html = { headers: { 'content-type': 'text/html' } }

  it.each<[string, () => Response, object]>([
    [
      'an empty answer',
      () => new Response(null, { status: 204 }),
      { is_error: false, result: null },
    ],
    ['plain text', () => new Response('fine'), { is_error: false, result: 'fine' }],
    ['HTML', () => new Response('<p>', html), { is_error: true, status: 200 }],
    ['a redirect', () => Response.redirect('http://evil.example/', 302), { status: 302 }],
    ['malformed JSON', () => new Response('{', json), { is_error: true }],
    ['more than 1 MB', () => Response.json('x'.repeat(1_000_001)), { is_error: true }],
  ])('a call returns the right outcome for %s', async (_case, answer, expected) => {
    const result = await outcome(answer)
    expect(result).toMatchObject({ failures: [], ...expected })
    expect(JSON.stringify(result)).not.toContain('evil.example')
  })

  it('a 4xx is an error of the tool, without stack and secrets', async () => {
    const stack = 'Error: x\n at run (/srv/app/main.js:3:4)'
    const result = await outcome(() =>
      Response.json({ error: 'see postgres://u:p@h/d', stack }, { status: 422 }),
    )
    expect(result).toMatchObject({ is_error: true, status: 422 })
    expect(JSON.stringify(result)).not.toMatch(/postgres:\/\/|srv/)
  })

  it('a 5xx is an error of the tool that shows only its status', async () => {
    const result = await outcome(() => Response.json({ error: 'canary' }, { status: 500 }))
    expect(result).toMatchObject({ is_error: true, status: 500 })
    expect(JSON.stringify(result)).not.toContain('canary')
  })

  it('an exception of the application goes to onError and is not shown', async () => {
    const broken = new Error('canary at /srv/app.js')
    const { failures, ...result } = await outcome(() => Promise.reject(broken))
    expect(result).toMatchObject({ is_error: true, status: null })
    expect(JSON.stringify(result)).not.toContain('canary')
    expect(failures).toEqual([broken])
  })

  it('a call without an answer ends after 30 s and aborts its request', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { call, requests } = createStubShop(() => new Promise<Response>(() => undefined))
    const result = call('book_list')
    await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 15_000 })
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await result).body).toMatchObject({ is_error: true, status: null })
    expect(requests[0]?.signal.aborted).toBe(true)
  })
})

const json = { headers: { 'content-type': 'application/json' } }
