import { describe, expect, it } from 'vitest'
import { createStudioClient } from '../../src/client.ts'
import { createBookshop } from '../support/bookshop.ts'

describe('the schema by the client', () => {
  const { studio } = createBookshop()
  const client = createStudioClient({ fetch: studio.fetch })

  it('reads the list of models and one of them, by its name with or without its app', async () => {
    const { models } = await client.get('/ai/context/models', { query: { detail: 'names' } })
    expect(models.map(({ name }) => name)).toEqual(['Author', 'Book'])
    const { model } = await client.schema.model('shop.Book')
    expect(model.fields.map(({ name }) => name)).toEqual(['id', 'title', 'year', 'state'])
    expect((await client.schema.inspect('Book')).table_name).toBe('books')
  })

  it('rejects for a model that does not exist, and for objects of a database that is not there', async () => {
    await expect(client.schema.model('a/../b')).rejects.toMatchObject({ status: 404 })
    await expect(client.schema.objects('triggers')).rejects.toMatchObject({ status: 503 })
  })
})
