import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { StudioOptions } from '../../../src/index.ts'
import { createBookshop } from '../../support/bookshop.ts'

type Project = NonNullable<Parameters<typeof createBookshop>[0]>

const clock = { now: () => 1_700_000_000_000 }

/** Callers by the token that `auth` recognises. */
const principals: Readonly<Record<string, { id: string; admin?: boolean }>> = {
  reader: { id: 'reader' },
  root: { id: 'root', admin: true },
}
const callers = ['nobody', 'reader', 'root']

/** Resources for everybody, for recognised callers and for administrators. */
const resources = [
  { model: 'Book', prefix: '/api/books' },
  { model: 'Book', prefix: '/api/drafts', requiresAuth: true },
  { model: 'Author', prefix: '/api/authors', requiresAdmin: true },
]

const paths = [
  '/ai/tools',
  '/ai/tools/mcp',
  '/ai/tools/openai',
  '/ai/context/full',
  '/ai/schema/health',
]

/** A shop whose callers differ; it keeps answers as long as `snapshotMaxAgeMs` says. */
function createShop(project: Project = {}, options: StudioOptions = {}) {
  const auth = (request: Request) => {
    const id = request.headers.get('x-caller') ?? ''
    return principals[id] ?? { id: 'nobody' }
  }
  return createBookshop({ resources, ...project }, { clock, auth, ...options })
}

const as = (caller: string, etag = '') => ({
  headers: { 'x-caller': caller, 'if-none-match': etag },
})

describe('answers that are kept for a snapshot', () => {
  let shop: ReturnType<typeof createShop>
  beforeEach(() => (shop = createShop()))

  it.each(paths)(
    '%s has the same bytes and tag from a studio that keeps it and from a new one',
    async (path) => {
      for (const caller of [...callers, ...callers.toReversed()]) {
        const kept = await shop.send(path, as(caller))
        const fresh = await createShop().send(path, as(caller))
        expect(kept.status).toBe(200)
        expect(kept.text).toBe(fresh.text)
        expect(kept.text).toBe(JSON.stringify(kept.body)) // no member twice, nothing between them
        expect(kept.headers.get('etag')).toBe(fresh.headers.get('etag'))
        const known = await shop.send(path, as(caller, kept.headers.get('etag') ?? ''))
        expect([known.status, known.text]).toEqual([304, ''])
      }
    },
  )

  it('GET /ai/context/full in pieces says what the answer in one piece says', async () => {
    const { body } = await shop.send('/ai/context/full')
    const { body: whole } = await shop.send('/ai/context/full?detail=full')
    const { selection: _, checksum: __, ...rest } = whole
    expect({ ...body, checksum: undefined }).toEqual({ ...rest, checksum: undefined })
    expect(Object.keys(body)).toEqual(Object.keys(whole).filter((name) => name !== 'selection'))
  })

  it.each(paths)('%s names no sensitive field, however often it was asked', async (path) => {
    for (const caller of [...callers, ...callers]) {
      const { text } = await shop.send(path, as(caller))
      expect(text).not.toMatch(/password_hash|"secret"/)
    }
  })

  it('a change of the project changes the kept answers and their tags', async () => {
    const routes: { method: string; path: string; handler: () => void }[] = []
    const app = { routes }
    const changing = createShop(
      { routes: [app], resources: [{ model: 'Book', prefix: '/api/books' }] },
      { snapshotMaxAgeMs: 0 },
    )
    for (const path of ['/ai/tools', '/ai/context/full']) {
      routes.splice(0, routes.length, toRoute('GET', '/api/books'))
      const before = await changing.send(path)
      routes.push(toRoute('DELETE', '/api/books/:id'))
      const after = await changing.send(path, as('nobody', before.headers.get('etag') ?? ''))
      expect(after.status).toBe(200)
      const has = ({ text }: typeof before) => text.includes('"book_delete"')
      expect([before, after].map(has)).toEqual([false, true])
    }
  })

  it('a tool that only administrators see is in no answer that others get, also after theirs was kept', async () => {
    const seen = await shop.send('/ai/tools', as('root'))
    const plain = await shop.send('/ai/tools', as('reader'))
    expect(seen.text).toContain('author_list')
    expect(plain.text).not.toContain('author_list')
    const tag = seen.headers.get('etag') ?? ''
    expect((await shop.send('/ai/tools', as('reader', tag))).status).toBe(200)
  })

  it('requests at the same time get the same answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => shop.send('/ai/context/full')),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(shop.failures).toEqual([])
  })
})

function toRoute(method: string, path: string) {
  return { method, path, handler: () => undefined }
}

describe('a list that is longer than a piece', () => {
  it('arrives in pieces, and a reader that changes them changes nobody else’s answer', async () => {
    const description = z.string().meta({ description: 'long '.repeat(4_000) })
    const { zodModels } = await import('../../../src/zod.ts')
    const fields = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`field_${index}`, description]),
    )
    const models = zodModels({ Book: z.object({ id: z.int(), ...fields }) })
    const { studio } = createShop({ apps: [{ label: 'shop', models }], resources: [] })
    const read = async (spoil: boolean) => {
      const { body } = await studio.fetch(new Request('http://studio.test/ai/context/full'))
      const pieces: string[] = []
      for await (const piece of body ?? []) {
        const bytes = piece as Uint8Array
        pieces.push(new TextDecoder().decode(bytes))
        if (spoil) bytes.fill(0)
      }
      return pieces
    }
    const first = await read(true)
    expect(first.length).toBeGreaterThan(1)
    expect((await read(false)).join('')).toBe(first.join(''))
    expect(JSON.parse(first.join(''))).toMatchObject({ model_count: 1 })
  })
})
