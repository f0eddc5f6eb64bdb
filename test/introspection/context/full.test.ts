import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProject, Studio } from '../../../src/index.ts'
import { zodModels } from '../../../src/zod.ts'

const Author = z.object({ id: z.uuid(), name: z.string() })
const Book = z.object({ id: z.uuid(), title: z.string(), year: z.number().nullable() })

function createStudio(): Studio {
  const project = defineProject({
    name: 'Library',
    version: '2.1.0',
    apps: [{ label: 'library', models: zodModels({ Book, Author }) }],
    resources: [{ model: 'Book', prefix: '/api/books' }],
    routes: [
      { method: 'GET', path: '/api/books' },
      { method: 'GET', path: '/api/books/:id' },
    ],
  })
  return new Studio([], { project })
}

async function readContext(studio: Studio) {
  const response = await studio.fetch(new Request('http://studio.test/ai/context/full'))
  expect(response.status).toBe(200)
  return { response, body: (await response.json()) as Record<string, unknown> }
}

describe('GET /ai/context/full', () => {
  it('GET /ai/context/full counts every list, and sorts models by app and name (I-70)', async () => {
    const { body } = await readContext(createStudio())
    expect(body).toMatchObject({ framework: 'aksara', model_count: 2, viewset_count: 1 })
    const models = body['models'] as { name: string; fields: { name: string }[] }[]
    expect(models.map(({ name }) => name)).toEqual(['Author', 'Book'])
    expect(models[1]?.fields.map(({ name }) => name)).toEqual(['id', 'title', 'year'])
    for (const list of ['models', 'viewsets', 'routes', 'migrations', 'middleware', 'ai_tools']) {
      const name = `${list.replace(/s$/, '')}_count`
      expect({ [name]: body[name] }).toEqual({ [name]: (body[list] as unknown[]).length })
    }
  })

  it('GET /ai/context/full has the same checksum and entity tag at any time while nothing changes', async () => {
    const first = await readContext(createStudio())
    const second = await readContext(createStudio())
    expect(first.body['checksum']).toMatch(/^[0-9a-f]{16}$/)
    expect(second.body['checksum']).toBe(first.body['checksum'])
    expect(second.response.headers.get('etag')).toBe(first.response.headers.get('etag'))
  })

  it('GET /ai/context/full derives the operations a viewset supports from the declared routes', async () => {
    const { body } = await readContext(createStudio())
    expect(body['viewsets']).toMatchObject([
      {
        prefix: '/api/books',
        supports_list: true,
        supports_retrieve: true,
        supports_delete: false,
      },
    ])
  })

  it('GET /ai/context/full appears among the endpoints of the handshake', async () => {
    const answer = await createStudio().fetch(new Request('http://studio.test/studio/handshake'))
    expect(await answer.json()).toMatchObject({ endpoints: { context_full: '/ai/context/full' } })
  })

  it('GET /ai/context/full contains neither connection strings nor tokens', async () => {
    const { body } = await readContext(
      new Studio([], { auth: () => ({ id: 'x' }), project: defineProject({ name: 'P' }) }),
    )
    expect(JSON.stringify(body)).not.toMatch(/database_url|token|postgres:\/\//)
  })
})
