import { Hono } from 'hono'
import { Router } from 'itty-router'
import { describe, expect, it } from 'vitest'
import { listRoutes } from '../../src/project/list-routes.ts'

const read = (source: Parameters<typeof listRoutes>[0][number]) =>
  listRoutes([source]).map(({ method, path }) => `${method} ${path}`)

describe('listRoutes', () => {
  it('listRoutes() accepts a single route', () => {
    expect(read({ method: 'get', path: '/posts' })).toEqual(['GET /posts'])
  })

  it('listRoutes() lists the routes of a Hono app, without its middleware', () => {
    const app = new Hono().basePath('/api')
    app.use(async (_context, next) => next())
    app.get('/posts', (context) => context.text(''))
    app.post(
      '/posts',
      async (_context, next) => next(),
      (context) => context.text(''),
    )
    app.all('/anything', (context) => context.text(''))
    expect(read(app)).toEqual(['ALL /api/anything', 'GET /api/posts', 'POST /api/posts'])
  })

  it('listRoutes() includes routes that a Hono app adds later', () => {
    const app = new Hono()
    expect(read(app)).toEqual([])
    app.delete('/posts/:id', (context) => context.text(''))
    expect(read(app)).toEqual(['DELETE /posts/:id'])
  })

  it('listRoutes() lists the routes of an itty router', () => {
    const router = Router({ base: '/api' })
    router.get('/posts', () => '').put('/posts/:id', () => '')
    expect(read(router as never)).toEqual(['GET /api/posts', 'PUT /api/posts/:id'])
  })

  it('listRoutes() lists the operations of an OpenAPI document', () => {
    const operations = { get: {}, delete: {}, parameters: [], summary: 'Posts' }
    expect(read({ paths: { '/posts/{id}': operations, '/empty': {} } })).toEqual([
      'DELETE /posts/{id}',
      'GET /posts/{id}',
    ])
  })

  it('listRoutes() lists each route once, sorted by path, then method', () => {
    const routes = [
      { method: 'POST', path: '/a' },
      { method: 'GET', path: '/b' },
      { method: 'GET', path: '/a' },
      { method: 'get', path: '/b' },
    ]
    expect(listRoutes(routes)).toEqual([
      { method: 'GET', path: '/a' },
      { method: 'POST', path: '/a' },
      { method: 'GET', path: '/b' },
    ])
  })

  it('listRoutes() takes name, summary, description, tags and deprecation from the operations of an OpenAPI document', () => {
    const get = {
      operationId: 'listPosts',
      summary: 'Lists posts',
      description: 'The newest first.',
      tags: ['blog', 3],
      deprecated: true,
    }
    const post = { operationId: 7, summary: '', tags: 'blog', deprecated: 'no' }
    expect(listRoutes([{ paths: { '/posts': { get, post, put: null } } }])).toEqual([
      {
        method: 'GET',
        path: '/posts',
        name: 'listPosts',
        summary: 'Lists posts',
        description: 'The newest first.',
        tags: ['blog'],
        deprecated: true,
      },
      { method: 'POST', path: '/posts' },
      { method: 'PUT', path: '/posts' },
    ])
  })

  it('listRoutes() completes a route of a router by the document that describes it', () => {
    const app = new Hono().get('/posts', (context) => context.text(''))
    const document = { paths: { '/posts': { get: { summary: 'Lists posts' } } } }
    const expected = [{ method: 'GET', path: '/posts', summary: 'Lists posts' }]
    expect(listRoutes([app, document])).toEqual(expected)
    expect(listRoutes([document, app])).toEqual(expected)
  })
})
