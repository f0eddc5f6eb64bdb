import { Hono } from 'hono'
import { z } from 'zod'
import {
  defineProject,
  type ProjectDefinition,
  Studio,
  type StudioOptions,
} from '../../src/index.ts'
import { zodModels } from '../../src/zod.ts'

/** A request as the application received it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const Author = z.object({ id: z.int(), name: z.string(), password_hash: z.string() })
const Book = z
  .object({
    id: z.int(),
    title: z.string().max(80).meta({ description: 'As on the cover' }),
    year: z.int().nullable(),
    state: z.enum(['draft', 'sold']).default('draft'),
    secret: z.string(),
  })
  .meta({ description: 'What the shop sells' })

/** The models of the shop; `secret` and `password_hash` are sensitive because of their names. */
const bookModels = () => zodModels({ Author, Book })

/** A Hono app that stores books in memory, requires `Bearer reader` for writes and records each request. */
export function createBookApp() {
  const seen: SeenRequest[] = []
  const books = new Map<string, Record<string, unknown>>([
    ['1', { id: 1, title: 'Ada', year: 1815, state: 'sold', secret: 'canary-secret' }],
  ])
  const app = new Hono()
  app.use('*', async (context, next) => {
    const { method, url, headers } = context.req.raw
    const text = await context.req.raw.clone().text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    seen.push({ method, url, headers: Object.fromEntries(headers), body })
    const isWrite = method !== 'GET'
    if (isWrite && context.req.header('authorization') !== 'Bearer reader') {
      return context.json({ error: 'who are you?' }, 401)
    }
    return next()
  })
  app.get('/api/books', ({ json }) => json([...books.values()]))
  app.post('/api/books', async ({ req, json }) => {
    const id = books.size + 1
    books.set(String(id), { id, ...(await req.json<Record<string, unknown>>()) })
    return json(books.get(String(id)), 201)
  })
  app.get('/api/books/:id', ({ req, json }) => {
    const book = books.get(req.param('id'))
    return book ? json(book) : json({ error: 'no such book', stack: 'at x (/srv/app.js:1:1)' }, 404)
  })
  app.patch('/api/books/:id', async ({ req, json }) => {
    const book = { ...books.get(req.param('id')), ...(await req.json<Record<string, unknown>>()) }
    books.set(req.param('id'), book)
    return json(book)
  })
  app.delete('/api/books/:id', ({ req, json }) => {
    return json({ deleted: books.delete(req.param('id')), id: req.param('id') })
  })
  return { app, books, seen }
}

/** Makes a studio over the shop, with functions that call it and the errors it reported. */
export function createBookshop(
  overrides: Partial<ProjectDefinition> = {},
  options: StudioOptions = {},
) {
  const failures: unknown[] = []
  const project = defineProject({
    name: 'Bookshop',
    apps: [{ label: 'shop', models: bookModels() }],
    resources: [{ model: 'Book', prefix: '/api/books' }],
    ...overrides,
  })
  const studio = new Studio([], {
    project,
    onError: (error) => void failures.push(error),
    ...options,
  })
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await studio.fetch(new Request(new URL(path, 'http://studio.test'), init))
    const text = await response.text()
    const body = (text === '' ? null : JSON.parse(text)) as Record<string, unknown>
    return { status: response.status, headers: response.headers, body, text }
  }
  const call = (name: string, args: unknown = {}, headers: Record<string, string> = {}) =>
    send(`/ai/tools/${encodeURIComponent(name)}/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ arguments: args }),
    })
  return { studio, failures, send, call }
}
