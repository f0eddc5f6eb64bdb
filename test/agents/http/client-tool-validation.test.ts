import { describe, expect, it } from 'vitest'
import { addTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'

const tool = (fields: object = {}) => ({
  name: 'pick',
  description: 'Picks.',
  inputSchema: { type: 'object' },
  ...fields,
})

async function refusal(clientTools: unknown): Promise<readonly (readonly [string, string])[]> {
  const studio = await createTestStudio({ turns: [], tools: [addTool] })
  const { status, body } = await studio.run({ message: 'hi', clientTools })
  expect(status).toBe(400)
  expect((await studio.get('/runs')).body).toMatchObject({ runs: [] })
  return listAt(body, 'error.details').map((fault) => [
    textAt(fault, 'path'),
    textAt(fault, 'message'),
  ])
}

/** Definitions of which each uses the next one twice: 2^40 checks. */
const doubling = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => {
    const next = { $ref: `#/$defs/d${index + 1}` }
    return [`d${index}`, { allOf: [next, next] }]
  }).concat([['d40', { allOf: [] }]]),
)

describe('tools of a client', () => {
  it('every fault is named: of the members, of the names and of the schemas', async () => {
    const paths = (await refusal([tool({ name: 'no spaces', description: 1 }), {}])).map(
      ([path]) => path,
    )
    expect(paths).toEqual([
      'clientTools.0.name',
      'clientTools.0.description',
      'clientTools.1.name',
      'clientTools.1.description',
      'clientTools.1.inputSchema',
    ])
    const taken = [
      tool({ name: 'add' }),
      tool(),
      tool(),
      tool({ name: 'c', inputSchema: { type: 'array' } }),
    ]
    expect(await refusal(taken)).toEqual([
      ['clientTools.0.name', 'the agent has a tool of this name'],
      ['clientTools.2.name', 'another tool has this name'],
      ['clientTools.3.inputSchema', 'it must have the type "object"'],
    ])
  })

  it.each([
    ['cannot be read', { properties: { a: { type: 'strange' } } }, /strange/],
    ['uses a keyword that nobody checks', { if: {}, else: {} }, /if/],
    ['names a definition that is missing', { $ref: '#/$defs/none' }, /not found/],
    ['names a definition elsewhere', { $ref: 'https://example.com/s' }, /./],
    [
      'contains itself',
      { $defs: { a: { items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' },
      /contains itself/,
    ],
    ['asks for 2^40 checks', { $defs: doubling, $ref: '#/$defs/d0' }, /10000 checks/],
    [
      'asks for them by another spelling',
      { $defs: doubling, $ref: '#//$defs/d0/x' },
      /10000 checks/,
    ],
    ['is large', { description: 'x'.repeat(70_000) }, /65536 bytes/],
  ])('a schema that %s is refused', async (_, inputSchema, message) => {
    const faults = await refusal([tool({ inputSchema })])
    expect(faults).toEqual([['clientTools.0.inputSchema', expect.stringMatching(message)]])
  })

  it('more than 64 tools, and more than 262,144 bytes in all, are refused', async () => {
    const many = (count: number, text = '') =>
      Array.from({ length: count }, (_, index) => tool({ name: `t${index}`, description: text }))
    expect(await refusal(many(65))).toEqual([['clientTools', expect.any(String)]])
    expect(await refusal(many(64, 'x'.repeat(5_000)))).toEqual([
      ['clientTools', 'has more than 262144 bytes'],
    ])
  })

  it('a regular expression of a client is never run', async () => {
    const inputSchema = {
      type: 'object',
      properties: {
        text: { type: 'string', pattern: '^(a+)+$' },
        pattern: { type: 'string' },
      },
      patternProperties: { '^(x+)+$': { type: 'number' } },
      additionalProperties: false,
      required: ['pattern'],
    }
    const input = { text: `${'a'.repeat(40)}!`, pattern: 'kept', [`${'x'.repeat(40)}!`]: 1 }
    const turns = [[toolCall('pick', input, 'c1')], [toolCall('pick', {}, 'c2')], 'done']
    const studio = await createTestStudio({ turns })
    const runId = await studio.startRun({ message: 'hi', clientTools: [tool({ inputSchema })] })
    const [id = ''] = await studio.pendingApprovals()
    await studio.decide(id, { approved: true, output: 'ok' })
    await studio.runIn(runId, 'succeeded')
    expect(JSON.stringify(studio.model.calls[0])).toContain('^(a+)+$') // the model reads it all
    expect(JSON.stringify(studio.model.calls[2]?.prompt)).toContain('InvalidInputError: pattern')
  })
})
