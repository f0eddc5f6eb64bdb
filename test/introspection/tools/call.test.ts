import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AppHandler, ProjectDefinition } from '../../../src/index.ts'
import { createBookApp, createBookshop } from '../../support/bookshop.ts'

const confirmed = { 'x-ai-apply': 'true', authorization: 'Bearer reader' }

/** A shop whose application answers what a test says, and the requests it got. */
function createStubShop(
  answer: (request: Request) => Response | Promise<Response>,
  definition: Partial<ProjectDefinition> = {},
) {
  const asked: Request[] = []
  const app: AppHandler = (request: Request) => {
    asked.push(request)
    return answer(request)
  }
  return { asked, ...createBookshop({ app, ...definition }, { allow: ['write_data'] }) }
}

const ok = () => Response.json({ fine: true })

describe('a call of a resource tool', () => {
  it('is the request it stands for, as the caller, with nothing made up', async () => {
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

  it('puts what a list is asked for into the query', async () => {
    const { app, seen } = createBookApp()
    const { call } = createBookshop({ app })
    await call('book_list', { limit: 5, title: 'a&b=c#d', year: null })
    expect(seen[0]?.url).toBe('http://studio.test/api/books?title=a%26b%3Dc%23d&limit=5&offset=0')
  })

  it('gives the application its bindings and its context', async () => {
    const got: unknown[] = []
    const app = { fetch: (_request: Request, ...host: unknown[]) => (got.push(...host), ok()) }
    const { studio } = createBookshop({ app })
    const request = new Request('http://studio.test/ai/tools/book_list/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    const context = { waitUntil: () => undefined }
    expect((await studio.fetch(request, { KEY: 1 }, context)).status).toBe(200)
    expect(got).toEqual([{ KEY: 1 }, context])
  })

  it('hides sensitive members, wherever they are', async () => {
    const { call } = createStubShop(() =>
      Response.json({ id: 1, secret: 'x', author: [{ name: 'A', password_hash: 'y' }] }),
    )
    const { body } = await call('book_retrieve', { pk: 1 })
    expect(body['result']).toEqual({ id: 1, author: [{ name: 'A' }] })
  })

  it('needs write_data and the header to write, and asks nothing of the application before', async () => {
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

  it('is not possible without an application: 501', async () => {
    expect((await createBookshop().call('book_list')).status).toBe(501)
  })

  it('is refused with every field at fault', async () => {
    const { call, asked } = createStubShop(ok)
    const { status, body } = await call('book_create', { title: 1, year: 'x', no: 1 }, confirmed)
    expect(status).toBe(400)
    expect(body).toMatchObject({
      detail: expect.stringContaining('title'),
      error: {
        details: [
          { path: 'title' },
          { path: 'year' },
          { path: '', message: expect.stringContaining('"no"') },
        ],
      },
    })
    expect(asked).toEqual([])
  })

  it.each([
    ['no JSON', '{"arguments"', 400],
    ['a list', '[]', 400],
    ['an unknown key', '{"args":{}}', 400],
    ['arguments that are no object', '{"arguments":[]}', 400],
    ['too long a body', `{"arguments":{"title":"${'x'.repeat(2_000_000)}"}}`, 413],
  ])('is refused with %s', async (_case, body, status) => {
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
  ])('stays below the prefix of its resource: %j', async (pk, path) => {
    const { call, asked } = createStubShop(ok, authors)
    const { status } = await call('shelf_retrieve', { pk })
    const urls = asked.map(({ url }) => url)
    expect({ status, urls }).toEqual(
      path === null
        ? { status: 400, urls: [] }
        : { status: 200, urls: [`http://studio.test${path}`] },
    )
  })

  it.each(['//evil.example', '/api/../x', '/api?x', '/a b', '/%2e%2e', '/x#y'])(
    'cannot be declared as %s',
    (prefix) => {
      expect(() => createBookshop({ resources: [{ model: 'Book', prefix }] })).toThrow(/plain path/)
    },
  )
})

describe('what an application answers', () => {
  const outcome = async (answer: () => Response | Promise<Response>) => {
    const { call, failures } = createStubShop(answer)
    const { body } = await call('book_list')
    return { ...body, failures }
  }
  const html = { headers: { 'content-type': 'text/html' } }

  it.each<[string, () => Response, object]>([
    ['nothing', () => new Response(null, { status: 204 }), { is_error: false, result: null }],
    ['text', () => new Response('fine'), { is_error: false, result: 'fine' }],
    ['HTML', () => new Response('<p>', html), { is_error: true, status: 200 }],
    ['a redirect', () => Response.redirect('http://evil.example/', 302), { status: 302 }],
    ['no JSON after all', () => new Response('{', json), { is_error: true }],
    ['1 MB and more', () => Response.json('x'.repeat(1_000_001)), { is_error: true }],
  ])('may be %s', async (_case, answer, expected) => {
    const answered = await outcome(answer)
    expect(answered).toMatchObject({ failures: [], ...expected })
    expect(JSON.stringify(answered)).not.toContain('evil.example')
  })

  it('is an error of the tool when it is one, without stacks and secrets', async () => {
    const stack = 'Error: x\n at run (/srv/app/main.js:3:4)'
    const answered = await outcome(() =>
      Response.json({ error: 'see postgres://u:p@h/d', stack }, { status: 422 }),
    )
    expect(answered).toMatchObject({ is_error: true, status: 422 })
    expect(JSON.stringify(answered)).not.toMatch(/postgres:\/\/|srv/)
  })

  it('says nothing but its status when it failed', async () => {
    const answered = await outcome(() => Response.json({ error: 'canary' }, { status: 500 }))
    expect(answered).toMatchObject({ is_error: true, status: 500 })
    expect(JSON.stringify(answered)).not.toContain('canary')
  })

  it('may be a throw, which is reported and not shown', async () => {
    const broken = new Error('canary at /srv/app.js')
    const { failures, ...answered } = await outcome(() => Promise.reject(broken))
    expect(answered).toMatchObject({ is_error: true, status: null })
    expect(JSON.stringify(answered)).not.toContain('canary')
    expect(failures).toEqual([broken])
  })

  it('may never come: the call ends, and so does the request', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { call, asked } = createStubShop(() => new Promise<Response>(() => undefined))
    const answered = call('book_list')
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await answered).body).toMatchObject({ is_error: true, status: null })
    expect(asked[0]?.signal.aborted).toBe(true)
  })
})

const json = { headers: { 'content-type': 'application/json' } }
