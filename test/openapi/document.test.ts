import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  fullStudio,
  makeDocument,
  type OpenApiDocument,
} from '../../scripts/openapi/make-document.ts'
import { renderReference } from '../../scripts/openapi/render-reference.ts'
import { serve } from '../../src/adapters/node.ts'
import { Studio } from '../../src/index.ts'
import { runCli } from '../support/cli.ts'

const root = resolve(import.meta.dirname, '../..')
const studio = new Studio([], { auth: { token: 's3cret' } })
const authorization = 'Bearer s3cret'

/** Lists the operations of a document with their method and path. */
const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      ...operation,
    })),
  )

describe('GET /openapi.json', () => {
  let document: OpenApiDocument
  beforeAll(async () => void (document = await makeDocument()))

  it('describes every route of the studio', () => {
    const described = operationsOf(document).map(({ title }) => title)
    const served = fullStudio.routes.map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
    )
    expect(described.toSorted()).toEqual(served.toSorted())
  })

  it('gives every operation an id of its own, a tag that is described, and an answer', () => {
    const operations = operationsOf(document)
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([])
    const tags = new Set(document.tags.map(({ name }) => name))
    const untagged = operations.filter((operation) => !operation.tags.every((tag) => tags.has(tag)))
    expect(untagged.map(({ title }) => title)).toEqual([])
    const unanswered = operations.filter(
      ({ responses }) => !('200' in responses || '204' in responses || '201' in responses),
    )
    expect(unanswered.map(({ title }) => title)).toEqual([])
  })

  it('refers only to schemas and responses that it has', () => {
    const text = JSON.stringify(document)
    const named = new Set(
      [...text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)].map(
        ([, part, name]) => `${part}.${name}`,
      ),
    )
    const components = document.components as Readonly<Record<string, object>>
    const missing = [...named].filter((reference) => {
      const [part = '', name = ''] = reference.split('.')
      return !(name in (components[part] ?? {}))
    })
    expect(missing).toEqual([])
    expect(text).not.toMatch(/\$defs/)
  })

  it('needs the token like any other route, and answers 304 to its entity tag', async () => {
    const refused = await studio.fetch('/openapi.json')
    expect(refused.status).toBe(401)
    const first = await studio.fetch('/openapi.json', { headers: { authorization } })
    const etag = first.headers.get('etag') ?? ''
    const again = await studio.fetch('/openapi.json', {
      headers: { authorization, 'if-none-match': etag },
    })
    expect(again.status).toBe(304)
  })

  it('names the prefix that clients see, and no token where none is needed', async () => {
    const open = new Studio([], { publicPath: '/studio' })
    const response = await open.fetch('/openapi.json')
    const body = (await response.json()) as { servers: object[]; components: object }
    expect(body.servers).toEqual([{ url: '/studio' }])
    expect(body.components).not.toHaveProperty('securitySchemes')
  })
})

it('docs/reference/http.md is generated from the routes (npm run openapi:reference -- --write)', async () => {
  const path = join(root, 'docs/reference/http.md')
  const config = await resolveConfig(path)
  const text = await format(renderReference(await makeDocument()), {
    ...config,
    parser: 'markdown',
  })
  expect(readFileSync(path, 'utf8')).toBe(text)
})

it('`fetch-studio openapi` prints the document of a studio, or writes it to a file', async () => {
  const { url, close } = await serve(studio, { port: 0, log: false, handleSignals: false })
  onTestFinished(close)
  const env = { STUDIO_TOKEN: 's3cret' }
  const printed = await runCli(['openapi', url], env)
  expect(printed).toMatchObject({ code: 0, errors: '' })
  expect(JSON.parse(printed.printed)).toMatchObject({ openapi: '3.1.0' })
  const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-openapi-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'openapi.json')
  expect(await runCli(['openapi', url, '--out', file], env)).toMatchObject({ code: 0 })
  expect(readFileSync(file, 'utf8')).toBe(`${printed.printed}\n`)
})
