import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abortable } from '../../../src/lib/deadline.ts'
import { readText } from '../../../src/lib/read-text.ts'
import { zodModels } from '../../../src/zod.ts'
import { createBookshop } from '../../support/bookshop.ts'

const models = () =>
  zodModels({
    Author: z.object({
      id: z.int(),
      name: z.string(),
      password_hash: z.string(),
      salary: z.int().meta({ sensitive: true }),
    }),
    Book: z.object({ id: z.int(), title: z.string(), note: z.string().nullable() }),
    ApiToken: z.object({ id: z.int(), name: z.string(), value: z.string() }),
    Staff: z
      .object({ id: z.int(), diary: z.string().meta({ sensitive: true }) })
      .meta({ exposed: false }),
  })

/** Calls a tool whose application gives this answer, and returns the outcome as text and as an object. */
async function ask(answer: unknown, tool = 'book_list', headers: Record<string, string> = {}) {
  const seen: Request[] = []
  const app = (request: Request) => {
    seen.push(request)
    return answer instanceof Response ? answer : Response.json(answer)
  }
  const project = {
    app,
    routes: [],
    apps: [{ label: 'shop', models: models() }],
    resources: [
      {
        model: 'Book',
        prefix: '/api/books',
        actions: [
          {
            name: 'find',
            methods: ['GET'] as const,
            input: { type: 'object', additionalProperties: true },
          },
        ],
      },
      { model: 'ApiToken', prefix: '/api/tokens' },
    ],
  }
  const { call } = createBookshop(project)
  const { body } = await call(tool, {}, headers)
  return { text: JSON.stringify(body), body, seen }
}

describe('the answer of an application', () => {
  it.each<[string, unknown]>([
    ['the column itself', { password_hash: 'LEAK' }],
    [
      'its twin in another case',
      { passwordHash: 'LEAK', PasswordHash: 'LEAK', 'password-hash': 'LEAK', PASSWORDHASH: 'LEAK' },
    ],
    ['an object in an object', { author: { profile: { passwordHash: 'LEAK' } } }],
    ['a list in a list', { results: [[{ author: { salary: 'LEAK' } }]] }],
    ['a field of a model that is not exposed', { staff: [{ id: 1, diary: 'LEAK' }] }],
    [
      'a flattened name',
      { 'author.password_hash': 'LEAK', author__salary: 'LEAK', 'staff[0][diary]': 'LEAK' },
    ],
    [
      'a secret that no model has',
      { clientSecret: 'LEAK', session: { cookie: 'LEAK' }, stripe_secret_key: 'LEAK' },
    ],
    [
      'a plain name in an object of secrets',
      { apiKeys: [{ id: 1, key: 'LEAK' }], credentials: { value: 'LEAK' } },
    ],
    [
      'a plain name in an item of another model',
      { apiToken: { id: 1, name: 'n', value: 'LEAK' }, api_tokens: [{ value: 'LEAK' }] },
    ],
    ['JSON in a text', { log: JSON.stringify({ user: { passwordHash: 'LEAK' } }) }],
    [
      'a list of names and values',
      { changes: [{ field: 'password_hash', old: 'LEAK', new: 'LEAK' }] },
    ],
    [
      'entries',
      {
        all: [
          ['id', 1],
          ['password_hash', 'LEAK'],
        ],
      },
    ],
    [
      'columns and rows',
      {
        columns: ['id', 'password_hash'],
        rows: [
          [1, 'LEAK'],
          [2, 'LEAK'],
        ],
      },
    ],
    [
      'rows below a header',
      [
        ['id', 'passwordHash'],
        [1, 'LEAK'],
      ],
    ],
    [
      'a private key in a text',
      { note: '-----BEGIN PRIVATE KEY-----\nLEAK\n-----END PRIVATE KEY-----' },
    ],
    ['CSV as plain text', new Response('id,password_hash\n1,LEAK\n')],
    ['lines as plain text', new Response('id: 1\npasswordHash: LEAK\n')],
    ['JSON as plain text', new Response('{"passwordHash":"LEAK"}')],
    [
      'a partial answer',
      new Response('{"passwordHash":"LEAK"', { headers: { 'content-type': 'application/json' } }),
    ],
    [
      'another character set',
      new Response('{"passwordHash":"LEAK"}', {
        headers: { 'content-type': 'application/json; charset=utf-16' },
      }),
    ],
  ])('%s does not leave', async (_case, answer) => {
    const { text } = await ask(answer)
    expect(text).not.toContain('LEAK')
  })

  it('what is no secret stays, also beside secrets and in envelopes', async () => {
    const item = {
      id: 1,
      title: 'A',
      token_count: 3,
      hasPassword: true,
      key: 'k',
      value: 'v',
      status_code: 'x',
    }
    const answer = {
      data: [item],
      total: 1,
      options: [{ value: 'a', label: 'A' }],
      key: 'page',
      session_id: 7,
    }
    expect((await ask(answer)).body).toMatchObject({ is_error: false, result: answer })
    const tokens = await ask(
      { data: [{ id: 1, name: 'ci', value: 'LEAK' }], total: 1 },
      'apitoken_list',
    )
    expect(tokens.body).toMatchObject({ result: { data: [{ id: 1, name: 'ci' }], total: 1 } })
    expect(tokens.text).not.toContain('LEAK')
  })

  it('every digit of a number stays', async () => {
    const json = { headers: { 'content-type': 'application/json' } }
    const { body } = await ask(new Response('{"id": 9007199254740993, "n": 1.5}', json))
    expect(body).toMatchObject({ result: { id: '9007199254740993', n: 1.5 } })
  })

  it('an answer that is nested too deeply is refused', async () => {
    const json = { headers: { 'content-type': 'application/json' } }
    const { body } = await ask(new Response('['.repeat(50_000) + ']'.repeat(50_000), json))
    expect(body).toMatchObject({ is_error: true })
  })
})

describe('the request to an application', () => {
  it('only headers that name the caller, its language, tenant and trace are passed on', async () => {
    const passed = {
      authorization: 'Bearer t',
      cookie: 'a=b',
      'accept-language': 'de',
      traceparent: 't',
      'x-tenant-id': 't1',
      'x-api-key': 'k',
    }
    const dropped =
      'x-http-method-override x-http-method x-method-override x-original-url x-rewrite-url x-original-uri x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-prefix x-forwarded-user forwarded via x-real-ip true-client-ip cf-connecting-ip x-client-ip x-cluster-client-ip x-user-id x-authenticated-user remote-user x-remote-user x-amzn-oidc-identity x-middleware-subrequest x-host x-envoy-original-path x-ai-apply prefer range if-none-match'.split(
        ' ',
      )
    const headers = { ...passed, ...Object.fromEntries(dropped.map((name) => [name, '1'])) }
    const { seen } = await ask({}, 'book_list', headers)
    const names = [...(seen[0]?.headers.keys() ?? [])]
    expect(names.toSorted()).toEqual(['accept', 'x-request-id', ...Object.keys(passed)].toSorted())
  })

  it.each(['_method', '_METHOD', '__method', '_http_method', 'X-HTTP-Method-Override'])(
    'the argument %s cannot make a write of a read',
    async (name) => {
      const app = () => Response.json({ reached: true })
      const actions = [
        {
          name: 'find',
          methods: ['GET'] as const,
          input: { type: 'object', additionalProperties: true },
        },
      ]
      const { call } = createBookshop({
        app,
        routes: [],
        resources: [{ model: 'Book', prefix: '/api/books', actions }],
      })
      const { status, body } = await call('book_find', { [name]: 'DELETE' })
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { error: { details: [{ path: name }] } },
      })
    },
  )
})

const plainText = { headers: { 'content-type': 'text/plain' } }

describe('a body that does not end', () => {
  it('a body is cancelled when its time is over, and not pulled again', async () => {
    let [pulled, cancelled] = [0, false]
    const over = new AbortController()
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        pulled++
        if (pulled === 3) over.abort(new Error('late'))
        controller.enqueue(new Uint8Array([120]))
      },
      cancel: () => void (cancelled = true),
    })
    const bound = (text: Promise<string | null>) => abortable(text, over.signal)
    const reading = readText(body, { maxBytes: 1_000_000, fatal: false, bound })
    await expect(reading).rejects.toThrow('late')
    expect({ cancelled, few: pulled <= 5 }).toEqual({ cancelled: true, few: true })
  })

  it('a body of empty pieces ends at the limit of bytes', async () => {
    let pulled = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      pulled++
      controller.enqueue(new Uint8Array(0))
    }
    const { body } = await ask(new Response(new ReadableStream({ pull }), plainText))
    expect(body).toMatchObject({ is_error: true })
    expect(pulled).toBeLessThan(1_100_000)
  })
})
