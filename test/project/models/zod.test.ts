import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { zodModels } from '../../../src/zod.ts'

const Tag = z.object({ slug: z.string().max(20).meta({ primaryKey: true }) })
const Team = z.object({ id: z.uuid() }).meta({ table: 'crews', description: 'Who works together' })
const User = z.object({
  id: z.int(),
  email: z.email().meta({ unique: true, column: 'mail', description: 'Where mail goes' }),
  role: z.enum(['reader', 'author']).default('reader'),
  seen: z.date().nullable(),
  nickname: z.string().optional(),
  size: z.union([z.number(), z.literal('big')]),
  token: z.string().default(() => crypto.randomUUID()),
  length: z.string().transform((text) => text.length),
  marks: z.array(z.union([z.number(), z.null()])),
  teamId: z.uuid().nullable().meta({ references: 'Team', onDelete: 'SET NULL' }),
  lead: Team.optional(),
  tags: z.array(Tag),
})

async function read() {
  const models = await zodModels({ User, Team, Tag }).read(null)
  const user = models.find(({ name }) => name === 'User')
  const fields = Object.fromEntries(user?.fields.map((field) => [field.name, field]) ?? [])
  return { models, user, fields }
}

describe('zodModels', () => {
  it('zodModels() names tables by rule or by meta', async () => {
    const { models } = await read()
    expect(models.map(({ name, table }) => [name, table])).toEqual([
      ['User', 'users'],
      ['Team', 'crews'],
      ['Tag', 'tags'],
    ])
    expect(models[1]?.description).toBe('Who works together')
  })

  it('zodModels() reads types, nullability, defaults, keys and descriptions', async () => {
    const { fields, models } = await read()
    expect(fields.id).toMatchObject({ type: 'safeint', tsType: 'number', primaryKey: true })
    expect(fields.email).toMatchObject({
      type: 'email',
      tsType: 'string',
      column: 'mail',
      unique: true,
      indexed: true,
      description: 'Where mail goes',
    })
    expect(fields.role).toMatchObject({ tsType: `'reader' | 'author'`, default: 'reader' })
    expect(fields.seen).toMatchObject({ tsType: 'Date', nullable: true, default: null })
    expect(fields.nickname).toMatchObject({ nullable: true })
    expect(fields.size).toMatchObject({ tsType: `number | 'big'` })
    expect(fields.length).toMatchObject({ type: 'string' })
    expect(fields.marks).toMatchObject({ tsType: '(number | null)[]' })
    expect(fields.token).toMatchObject({ sensitive: true })
    expect(fields.id).toMatchObject({ sensitive: false })
    expect(models[2]?.fields[0]).toMatchObject({ primaryKey: true, maxLength: 20 })
  })

  it('zodModels() leaves out a default that differs on each call', async () => {
    const { fields } = await read()
    expect(fields.token).toMatchObject({ default: null })
  })

  it('zodModels() finds relations in references, nested models and arrays of models', async () => {
    const { user, fields } = await read()
    expect(user?.relations.map(({ name, type, to }) => [name, type, to])).toEqual([
      ['teamId', 'foreign_key', 'Team'],
      ['lead', 'foreign_key', 'Team'],
      ['tags', 'many_to_many', 'Tag'],
    ])
    expect(user?.relations[0]).toMatchObject({ nullable: true, onDelete: 'SET NULL' })
    expect(Object.keys(fields)).not.toContain('tags')
  })

  it('zodModels() resolves models that refer to themselves', async () => {
    const Node = z.object({
      id: z.int(),
      get parent() {
        return Node.nullable()
      },
    })
    const [node] = await zodModels({ Node }).read(null)
    expect(node?.relations).toMatchObject([{ name: 'parent', to: 'Node', nullable: true }])
  })

  it.each([
    ['a string schema', z.string()],
    ['a zod 3 object', z3.object({})],
    ['no schema', undefined],
  ])('zodModels() refuses %s', (_what, schema) => {
    expect(() => zodModels({ User: schema as never })).toThrow(/"User" must be a zod 4 object/)
  })
})
