import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineAgent, Studio, type StudioOptions } from '../../src/index.ts'
import { scriptedModel } from '../../src/testing.ts'

const endpointsSchema = z.object({ endpoints: z.record(z.string(), z.string()) })

/** Makes a studio with one agent, called `echo`, that answers once. */
function createStudio(options: StudioOptions) {
  const agent = defineAgent({ id: 'echo', name: 'Echo', model: scriptedModel(['hello']) })
  const studio = new Studio([agent], options)
  return (path: string, body?: object) =>
    studio.fetch(
      new Request(`http://studio.test${path}`, {
        method: body ? 'POST' : 'GET',
        ...(body && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      }),
    )
}

async function readEndpoints(response: Response) {
  return endpointsSchema.parse(await response.json()).endpoints
}

describe('publicPath behind a mount that strips its prefix', () => {
  const options: StudioOptions = { publicPath: '/internal/studio/' }

  it('prefixes every endpoint of the handshake', async () => {
    const endpoints = await readEndpoints(await createStudio(options)('/studio/handshake'))
    expect(endpoints).toMatchObject({ health: '/internal/studio/studio/health' })
    for (const path of Object.values(endpoints)) expect(path).toMatch(/^\/internal\/studio\/\w/)
  })

  it('prefixes the Location of a new session', async () => {
    const response = await createStudio(options)('/sessions', { agentId: 'echo' })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toMatch(/^\/internal\/studio\/sessions\/[\w-]+$/)
  })

  it('prefixes the Location of a new run', async () => {
    const response = await createStudio(options)('/agents/echo/runs', { message: 'hi' })
    expect(response.status).toBe(200)
    expect(response.headers.get('location')).toMatch(/^\/internal\/studio\/runs\/[\w-]+$/)
  })

  it('prefixes the routes that the context lists as its own', async () => {
    const response = await createStudio(options)('/ai/context/routes')
    const text = await response.text()
    expect(text).toContain('"/internal/studio/agents/:agentId"')
    expect(text).not.toContain('"/agents/:agentId"')
  })

  it('leaves the paths that requests are matched by alone', async () => {
    const send = createStudio(options)
    expect((await send('/health')).status).toBe(200)
    expect((await send('/internal/studio/health')).status).toBe(404)
  })
})

describe('publicPath beside basePath', () => {
  it('equals basePath unless it is given', async () => {
    const send = createStudio({ basePath: '/api' })
    const response = await send('/api/sessions', { agentId: 'echo' })
    expect(response.headers.get('location')).toMatch(/^\/api\/sessions\//)
  })

  it('replaces basePath in what clients see when a proxy rewrites the prefix', async () => {
    const send = createStudio({ basePath: '/v1', publicPath: '/public/v1' })
    const endpoints = await readEndpoints(await send('/v1/studio/handshake'))
    expect(endpoints['health']).toBe('/public/v1/studio/health')
  })

  it('may be empty while basePath is not', async () => {
    const send = createStudio({ basePath: '/v1', publicPath: '' })
    const response = await send('/v1/sessions', { agentId: 'echo' })
    expect(response.headers.get('location')).toMatch(/^\/sessions\//)
  })
})

describe('basePath and publicPath', () => {
  const names = ['basePath', 'publicPath'] as const
  const invalid = ['studio', '//evil.example', 'https://evil.example', '/a?b', '/a#b', '/a b']
  const cases = names.flatMap((name) => invalid.map((path) => ({ name, path })))

  it.each(cases)('new Studio() throws a TypeError for $name "$path"', ({ name, path }) => {
    expect(() => new Studio([], { [name]: path })).toThrow(TypeError)
  })

  it.each(names)('new Studio() accepts "/" as %s and serves at the root', async (name) => {
    expect((await createStudio({ [name]: '/' })('/health')).status).toBe(200)
  })
})
