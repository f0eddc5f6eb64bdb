import { Ajv2020 } from 'ajv/dist/2020.js'
import { compile } from 'json-schema-to-typescript'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { capabilities } from '../../../src/introspection/capabilities.ts'
import { createTestStudio, fakeDatabase } from '../../support/project.ts'

interface Schema {
  title?: string
  type?: string
  description?: string
  default?: unknown
  $ref?: string
  anyOf?: Schema[]
  enum?: string[]
  required?: string[]
  properties: Record<string, Schema>
  $defs: Record<string, Schema>
}
/** Returns the errors of the compiler in one module, in strict mode. */
function typeErrors(code: string): string[] {
  const name = 'handshake.ts'
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    lib: ['lib.es5.d.ts'],
    skipLibCheck: true,
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (path, version) =>
    path === name ? ts.createSourceFile(path, code, version) : getSourceFile(path, version)
  const program = ts.createProgram([name], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

const readSchema = async () => (await createTestStudio().get('/studio/schema/handshake')) as Schema

describe('GET /studio/schema/handshake', () => {
  it('the schema of the handshake describes an object of eight required keys and four definitions', async () => {
    const schema = await readSchema()
    const keys = [
      'protocol_version',
      'timestamp',
      'project',
      'database',
      'capabilities',
      'checksums',
      'endpoints',
      'metadata',
    ]
    expect(Object.keys(schema).sort()).toEqual([
      '$defs',
      'description',
      'properties',
      'required',
      'title',
      'type',
    ])
    expect(schema).toMatchObject({ type: 'object', title: 'StudioHandshake', required: keys })
    expect(Object.keys(schema.properties)).toEqual(keys)
    expect(Object.keys(schema.$defs)).toEqual([
      'StudioCapability',
      'StudioChecksums',
      'StudioDatabaseStatus',
      'StudioProjectInfo',
    ])
  })

  it('the schema of the handshake requires every key at every level', async () => {
    const schema = await readSchema()
    const objects = [schema, ...Object.values(schema.$defs), schema.properties.metadata]
    const described = objects.flatMap((object) =>
      object?.properties ? [[Object.keys(object.properties), object.required]] : [],
    )
    expect(described).toHaveLength(5)
    for (const [keys, required] of described) expect(required).toEqual(keys)
    expect(schema.$defs.StudioCapability).toMatchObject({ type: 'string', enum: capabilities })
  })

  it('the schema of the handshake allows a number or null as latency_ms, with null as default', async () => {
    const { $defs } = await readSchema()
    expect($defs.StudioDatabaseStatus?.properties?.latency_ms).toMatchObject({
      anyOf: [{ type: 'number' }, { type: 'null' }],
      default: null,
    })
  })

  it('the schema of the handshake gives every property a description, and titles only to the whole and its definitions', async () => {
    const schema = await readSchema()
    const properties = [schema, ...Object.values(schema.$defs)].flatMap((definition) =>
      Object.entries(definition.properties ?? {}),
    )
    expect(properties).toHaveLength(8 + 4 + 6 + 6)
    expect(properties.filter(([, { description = '' }]) => !description.endsWith('.'))).toEqual([])
    const titles = JSON.stringify(schema).match(/"title":"\w+"/g)
    const names = ['StudioHandshake', ...Object.keys(schema.$defs)]
    expect(titles?.sort()).toEqual(names.map((name) => `"title":"${name}"`).sort())
  })

  it('the schema of the handshake neither forbids unknown keys nor limits integers', async () => {
    const text = JSON.stringify(await readSchema())
    expect(text).not.toMatch(
      /"additionalProperties":false|"(minimum|maximum|propertyNames|\$schema|id)":/,
    )
  })

  it.each([
    ['without a database', {}],
    ['with a database', { database: fakeDatabase(), debug: true }],
    [
      'with an unavailable database',
      { database: fakeDatabase({ ping: () => Promise.reject(Error()) }) },
    ],
  ])(
    'the schema of the handshake accepts the handshake %s, and refuses it without any of its keys',
    async (_case, options) => {
      const validate = new Ajv2020({ strict: true }).compile(await readSchema())
      const handshake = (await createTestStudio(options).get('/studio/handshake')) as object
      validate(handshake)
      expect(validate.errors).toBe(null)
      for (const key of Object.keys(handshake)) {
        expect(validate({ ...handshake, [key]: undefined })).toBe(false)
      }
    },
  )

  it('the schema of the handshake converts to TypeScript types that compile', async () => {
    const code = await compile((await readSchema()) as never, 'StudioHandshake', {
      format: false,
      bannerComment: '',
    })
    const named = [...code.matchAll(/export (?:interface|type) (\w+)/g)].map(([, name]) => name)
    expect(named.sort()).toEqual([
      'StudioCapability',
      'StudioChecksums',
      'StudioDatabaseStatus',
      'StudioHandshake',
      'StudioProjectInfo',
    ])
    const use = 'const latency: number | null = ({} as StudioHandshake).database.latency_ms'
    expect(typeErrors(`${code}\n${use}\nvoid latency`)).toEqual([])
    expect(typeErrors(`${code}\n${use.replace('number | null', 'string')}`)).not.toEqual([])
  })
})
