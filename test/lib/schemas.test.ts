import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { prepareJsonSchema } from '../../src/lib/json-schema.ts'
import { parseWith, type AnySchema, type StandardSchema } from '../../src/lib/standard-schema.ts'

const order = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 2 },
    count: { type: 'integer', default: 1 },
    lines: { type: 'array', items: { $ref: '#/definitions/line' } },
  },
  required: ['id'],
  definitions: {
    line: { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] },
  },
} as const
const line = z.object({ sku: z.string() })
const line3 = z3.object({ sku: z3.string() })
const equalSchemas: [string, AnySchema][] = [
  [
    'zod 4',
    z.object({ id: z.string().min(2), count: z.int().default(1), lines: z.array(line).optional() }),
  ],
  [
    'zod 3',
    z3.object({
      id: z3.string().min(2),
      count: z3.number().int().default(1),
      lines: z3.array(line3).optional(),
    }),
  ],
  ['JSON Schema', order],
]

describe.each(equalSchemas)('a schema in %s', (_, schema) => {
  it('describes exactly the inputs that it accepts', async () => {
    const validate = new Ajv({ strict: false }).compile(await prepareJsonSchema(schema)())
    expect(validate({ id: 'ab', lines: [{ sku: 's' }] })).toBe(true)
    expect(
      [{ id: 'a' }, {}, { id: 'ab', count: 1.5 }, { id: 'ab', lines: [{}] }].map((input) =>
        validate(input),
      ),
    ).toEqual([false, false, false, false])
  })

  it('fills in the defaults of missing fields', async () => {
    expect(await parseWith(schema, { id: 'ab' })).toEqual({
      ok: true,
      value: { id: 'ab', count: 1 },
    })
  })

  it('reports every fault with its path', async () => {
    expect(await parseWith(schema, { id: 'a', lines: [{ sku: 's' }, {}] })).toMatchObject({
      ok: false,
      faults: [{ path: 'id' }, { path: 'lines.1.sku' }],
    })
  })
})

describe('prepareJsonSchema', () => {
  it('inlines the definition of a schema that has an id', async () => {
    const schema = z.object({ a: z.string() }).meta({ id: 'Thing' })
    expect(await prepareJsonSchema(schema)()).toMatchObject({
      type: 'object',
      properties: { a: { type: 'string' } },
    })
  })

  it('describes a recursive schema by a reference to itself', async () => {
    const tree = z.object({
      get kids() {
        return z.array(tree)
      },
    })
    expect(await prepareJsonSchema(tree)()).toMatchObject({
      properties: { kids: { items: { $ref: '#' } } },
    })
  })

  it('describes a union of objects as an object', async () => {
    const schema = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])
    expect(await prepareJsonSchema(schema)()).toMatchObject({ type: 'object', anyOf: [{}, {}] })
  })

  const instance = class Order {
    readonly id = 1
  }
  const unusable: [string, AnySchema][] = [
    ['date', z.object({ x: z.date() })],
    ['optional date', z.object({ x: z.date().optional() })],
    ['nullable date', z.object({ x: z.date().nullable() })],
    ['date with a default', z.object({ x: z.date().default(new Date(0)) })],
    ['date in a list', z.object({ x: z.array(z.date()) })],
    ['date in a record', z.object({ x: z.record(z.string(), z.date()) })],
    ['date in a tuple', z.object({ x: z.tuple([z.date()]) })],
    ['date behind a lazy schema', z.object({ x: z.lazy(() => z.date()) })],
    ['date with an id', z.object({ x: z.date().meta({ id: 'x' }) })],
    ['bigint', z.object({ x: z.bigint() })],
    ['64-bit integer', z.object({ x: z.int64() })],
    ['bigint literal', z.object({ x: z.literal(1n) })],
    ['map', z.object({ x: z.map(z.string(), z.string()) })],
    ['set', z.object({ x: z.set(z.string()) })],
    ['symbol', z.object({ x: z.symbol() })],
    ['file', z.object({ x: z.file() })],
    ['instance', z.object({ x: z.instanceof(instance) })],
    ['zod 3 date', z3.object({ x: z3.date() })],
    ['zod 3 nullable date', z3.object({ x: z3.date().nullable() })],
    ['zod 3 refined date', z3.object({ x: z3.date().refine(() => true) })],
    ['zod 3 date in a list', z3.object({ x: z3.array(z3.date()) })],
    ['zod 3 date behind a lazy schema', z3.object({ x: z3.lazy(() => z3.date()) })],
    ['zod 3 bigint', z3.object({ x: z3.bigint() })],
    ['zod 3 map', z3.object({ x: z3.map(z3.string(), z3.string()) })],
    ['zod 3 set', z3.object({ x: z3.set(z3.string()) })],
    ['zod 3 instance', z3.object({ x: z3.instanceof(instance) })],
  ]

  it.each(unusable)('throws a TypeError that names the field of a %s', (_, schema) => {
    expect(() => prepareJsonSchema(schema)).toThrow(/^"x" asks for/)
  })

  const usable: [string, AnySchema, unknown][] = [
    ['coerced date', z.object({ x: z.coerce.date() }), '2026-01-01T00:00:00Z'],
    ['coerced bigint', z.object({ x: z.coerce.bigint() }), '2512292042121000001'],
    ['codec', z.object({ x: z.codec(z.iso.datetime(), z.date(), codec) }), '2026-01-01T00:00:00Z'],
    ['preprocessed date', z.object({ x: z.preprocess(toDate, z.date()) }), '2026-01-01'],
    ['union with a date', z.object({ x: z.union([z.string(), z.date()]) }), 'today'],
    ['default that looks unusable', z.object({ x: z.any().default({ '~unusable': 'x' }) }), 1],
    ['zod 3 coerced date', z3.object({ x: z3.coerce.date() }), '2026-01-01T00:00:00Z'],
    ['zod 3 preprocessed date', z3.object({ x: z3.preprocess(toDate, z3.date()) }), '2026-01-01'],
    ['zod 3 union with a date', z3.object({ x: z3.union([z3.string(), z3.date()]) }), 'today'],
    ['zod 3 check of any value', z3.object({ x: z3.any().refine(() => true) }), 1],
  ]

  it.each(usable)('describes and accepts what JSON can carry: %s', async (_, schema, x) => {
    expect(await prepareJsonSchema(schema)()).toMatchObject({ properties: { x: {} } })
    expect(await parseWith(schema, { x })).toMatchObject({ ok: true })
  })

  it('uses the description that a Standard JSON Schema vendor gives', async () => {
    const described = { type: 'object', properties: { a: {} } }
    const schema = {
      '~standard': { ...standard().standard, jsonSchema: { input: () => described } },
    }
    expect(await prepareJsonSchema(schema as AnySchema)()).toEqual(described)
  })

  it('throws a TypeError for a Standard Schema that cannot describe itself', () => {
    expect(() => prepareJsonSchema(standard().schema)).toThrow('cannot tell the model')
  })

  it('throws a TypeError for the jsonSchema() of the AI SDK', () => {
    const foreign = { jsonSchema: { type: 'object' }, validate: () => true }
    expect(() => prepareJsonSchema(foreign as unknown as AnySchema)).toThrow('AI SDK')
  })

  it.each([z.string(), z3.array(z3.string()), { type: 'array' }, true, null])(
    'throws a TypeError for the schema %j, which is not an object',
    (schema) => {
      expect(() => prepareJsonSchema(schema as AnySchema)).toThrow(TypeError)
    },
  )
})

const codec = {
  decode: (text: string) => new Date(text),
  encode: (date: Date) => date.toISOString(),
}

function toDate(value: unknown): Date {
  return new Date(String(value))
}

function standard() {
  const schema: StandardSchema<unknown, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) =>
        typeof value === 'number'
          ? { value: value * 2 }
          : { issues: [{ message: 'no number', path: ['a', { key: 0 }] }] },
    },
  }
  return { schema, standard: schema['~standard'] }
}

it('parseWith awaits a Standard Schema that validates asynchronously', async () => {
  const { schema } = standard()
  expect(await parseWith(schema, 2)).toEqual({ ok: true, value: 4 })
  expect(await parseWith(schema, '')).toEqual({
    ok: false,
    faults: [{ path: 'a.0', message: 'no number' }],
  })
})

it('parseWith accepts a zod 3 schema from before Standard Schema', async () => {
  const { _def, _output, safeParseAsync } = z3.object({ a: z3.string() })
  const old = { _def, _output, safeParseAsync: (input: unknown) => safeParseAsync(input) }
  expect(await parseWith(old, { a: 'x' })).toEqual({ ok: true, value: { a: 'x' } })
  expect(await parseWith(old, { a: 1 })).toMatchObject({ ok: false, faults: [{ path: 'a' }] })
})

it('zod checks JSON Schema where code generation is forbidden, as on Workers', async () => {
  const program = `
    import { z } from 'zod'
    try { new Function('') } catch { console.log('forbidden') }
    const schema = z.fromJSONSchema(${JSON.stringify(order)}, { defaultTarget: 'draft-7' })
    console.log(schema.safeParse({ id: 'ab' }).success, schema.safeParse({ id: 'a' }).success)`
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  expect(stdout).toBe('forbidden\ntrue false\n')
})

it('parseWith rejects a JSON Schema with keywords that zod cannot check', async () => {
  await expect(parseWith({ type: 'object', not: { type: 'null' } }, {})).rejects.toThrow('not')
})
