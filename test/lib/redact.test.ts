import { describe, expect, it } from 'vitest'
import { redactText, toPublicError } from '../../src/lib/redact.ts'

describe('redactText', () => {
  it.each([
    ['postgres://app:hunter2@db.internal:5432/shop?sslmode=require failed', 'hunter2 db.internal'],
    ['connect mongodb+srv://u:p%40ss@cluster0.abc.mongodb.net/x', 'p%40ss cluster0'],
    ['redis://:s3cret@10.0.0.1:6379/0', 's3cret 10.0.0.1'],
    ['fetch https://user:pa:ss@api.test/v1 failed', 'pa:ss user'],
    ['jdbc:postgresql://db/x?user=a&password=b1', 'password=b1'],
    ['host=db user=app password=hunter2 dbname=x', 'hunter2'],
    ["host=db password='hun ter2' dbname=x", 'hun ter2'],
    ['{"apiKey":"abc123","password": "hunter2"}', 'abc123 hunter2'],
    ['https://api.test/v1?api_key=abc123&x=1', 'abc123'],
    ['OPENAI_API_KEY=abc123', 'abc123'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalr bPxRfi'],
    ['x-api-key: abc123', 'abc123'],
    ['Authorization: Bearer abc.def-ghi', 'abc.def'],
    ['authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['sent Bearer abcdefghij', 'abcdefghij'],
    ['Incorrect API key provided: sk-proj-abcd1234efgh5678', 'abcd1234'],
    ['sk-ant-api03-AbCdEf_123456', 'AbCdEf'],
    ['sk-abc********************wxyz', 'wxyz'],
    ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', '4eC39'],
    ['AIzaSyA1234567890abcdefghijklmnopqrstuv', 'AIza'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '16C7e'],
    ['github_pat_11ABCDEFG0123456789', '11ABC'],
    ['xoxb-1234567890-abcdefghij', '1234567890'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIA'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N', 'eyJ dozj'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', 'MIIEow'],
    ["ENOENT: no such file or directory, open '/home/me/shop/.env'", '/home me/shop .env'],
    ['at file:///srv/app/index.js:10:5', '/srv index.js'],
    ["open '/Users/Jane Doe/secrets.json'", 'Jane Doe secrets'],
    ['Cannot find module /app/dist/server.js', '/app server.js'],
    ['/work/main/src/a.ts:3:1 is wrong', 'main a.ts'],
    [String.raw`EPERM: C:\Users\jane\shop\.env`, 'jane .env'],
    [String.raw`read "D:\Jane Doe\keys.txt"`, 'Jane keys'],
    [
      'x\n    at read (/srv/a.ts:1:2)\n    at async node:internal/x:3:4',
      'read async node:internal',
    ],
    ['Error: x\n    at new Thing (<anonymous>)', 'Thing'],
  ])('redacts the secrets in %j', (text, secrets) => {
    const redacted = redactText(text)
    for (const secret of secrets.split(' ')) expect(redacted).not.toContain(secret)
  })
})

it.each([
  'The model gpt-5 does not exist',
  'Rate limit reached: 3 requests per minute, try again in 20s',
  'POST /v1/chat/completions answered 404',
  'see https://docs.example.test/home/errors for help',
  'Invalid input at order.cents: expected number',
  'maximum context length is 8192 tokens, max_tokens: 4096',
  'duplicate key value violates unique constraint "pk_customer_orders"',
  'either a/b or c',
  'Unexpected token } in JSON at position 10',
])('redactText keeps a text without secrets: %s', (text) => {
  expect(redactText(text)).toBe(text)
})

it('redactText keeps the text around a secret', () => {
  expect(redactText('open "/home/me/a.txt" failed for https://me:pw@api.test/v1')).toBe(
    'open "[path]" failed for https://[redacted]@api.test/v1',
  )
})

it('redactText truncates a long text at 2,000 characters, even if it is one word', () => {
  expect(redactText('long '.repeat(1_000))).toMatch(/^long .*…$/)
  expect(redactText('long '.repeat(1_000))).toHaveLength(2_000)
  expect(redactText('x'.repeat(1_000_000)).length).toBeLessThanOrEqual(2_000)
  expect(redactText('x'.repeat(2_000))).toHaveLength(2_000)
})

it('redactText shows no part of a secret that was truncated', () => {
  const text = `${'sk-proj-aaaaaaaaaaaaaaaa '.repeat(319)}postgres://app:hunter2secretsecret@db.internal/x`
  expect(redactText(text)).not.toContain('hunter')
})

it.each([
  '/home/'.repeat(2_000),
  'eyJ'.repeat(3_000),
  'a-'.repeat(4_000),
  '://'.repeat(3_000),
  ' at '.repeat(2_000),
  'password'.repeat(1_000),
  '"'.repeat(8_000),
  'x_token'.repeat(1_100),
])('redactText takes little time for hostile input number %#', (text) => {
  const before = performance.now()
  redactText(text)
  // A pattern that backtracks takes minutes, not milliseconds.
  expect(performance.now() - before).toBeLessThan(1_000)
})

describe('toPublicError', () => {
  it.each([
    [new RangeError('too far'), { name: 'RangeError', message: 'too far' }],
    ['just text', { name: 'Error', message: 'just text' }],
    [
      { type: 'overloaded_error', message: 'Overloaded' },
      { name: 'Error', message: 'Overloaded' },
    ],
    [{ status: 3 }, { name: 'Error', message: '{"status":3}' }],
    [undefined, { name: 'Error', message: 'undefined' }],
    [null, { name: 'Error', message: 'null' }],
    [new Error(''), { name: 'Error', message: 'Error' }],
    [
      Object.assign(new Error(''), { code: 'ECONNREFUSED' }),
      { name: 'Error', message: 'ECONNREFUSED' },
    ],
    [Object.assign(new Error('x'), { name: '/home/me <b>' }), { name: 'Error', message: 'x' }],
  ])('toPublicError returns a name and a message for %j', (error, expected) => {
    expect(toPublicError(error)).toEqual(expected)
  })

  it('toPublicError survives an error whose properties throw when read', () => {
    const hostile = {
      get message(): string {
        throw new Error('no')
      },
      toJSON: () => {
        throw new Error('no')
      },
    }
    expect(toPublicError(hostile)).toEqual({ name: 'Error', message: 'Unknown error' })
  })
})
