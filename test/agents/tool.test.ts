import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import type { ToolContext } from '../../src/agents/tool-context.ts'
import { defineTool, type ToolSpec } from '../../src/agents/tool.ts'
import type { AnySchema } from '../../src/lib/standard-schema.ts'

const base = { name: 'refund', description: 'Refunds.', execute: () => 'done' }
const context: ToolContext = {
  signal: new AbortController().signal,
  runId: 'run-1',
  agentId: 'agent',
  sessionId: null,
  toolCallId: 'call-1',
  idempotencyKey: 'run-1:call-1',
  metadata: null,
}
const schemas: [string, AnySchema][] = [
  ['zod 4', z.object({ cents: z.number() })],
  ['zod 3', z3.object({ cents: z3.number() })],
  ['JSON Schema', { properties: { cents: { type: 'number' } }, required: ['cents'] }],
]

describe.each(schemas)('defineTool with an input of %s', (_, input) => {
  const tool = defineTool({ ...base, input })

  it('describeInput returns a JSON Schema of type object', async () => {
    expect(await tool.describeInput()).toMatchObject({
      type: 'object',
      properties: { cents: { type: 'number' } },
      required: ['cents'],
    })
    expect(await tool.describeInput()).not.toHaveProperty('$schema')
  })

  it('parseInput accepts valid input and names the faults of invalid input', async () => {
    expect(await tool.parseInput({ cents: 5 })).toEqual({ ok: true, value: { cents: 5 } })
    expect(await tool.parseInput({ cents: 'five' })).toMatchObject({
      ok: false,
      faults: [{ path: 'cents' }],
    })
  })
})

it('a tool without `input` accepts any object', async () => {
  const tool = defineTool(base)
  expect(await tool.describeInput()).toEqual({ type: 'object', properties: {} })
  expect(await tool.parseInput({ any: 1 })).toEqual({ ok: true, value: { any: 1 } })
  expect(await tool.parseInput('text')).toMatchObject({ ok: false })
})

it.each(['', 'two words', 'ü', 'x'.repeat(65)])('defineTool refuses the name %j', (name) => {
  expect(() => defineTool({ ...base, name })).toThrow(TypeError)
})

it.each([
  ['an input that is not an object', { input: z.string() }, 'type "object"'],
  ['an input that cannot be checked', { input: { type: 'object', if: {} } }, 'cannot be used'],
  ['a timeout of 0', { timeoutMs: 0 }, 'timeoutMs'],
  ['an approval with expiresInMs 0', { approval: { expiresInMs: 0 } }, 'expiresInMs'],
] satisfies [string, Partial<ToolSpec<AnySchema>>, string][])(
  'defineTool refuses %s',
  (_, spec, message) => {
    expect(() => defineTool<AnySchema>({ ...base, ...spec })).toThrow(message)
  },
)

it("onUnknown is 'fail' by default, and 'retry' for an idempotent tool", () => {
  expect(defineTool(base)).toMatchObject({ idempotent: false, onUnknown: 'fail', timeoutMs: null })
  expect(defineTool({ ...base, idempotent: true }).onUnknown).toBe('retry')
  expect(defineTool({ ...base, idempotent: true, onUnknown: 'ask' }).onUnknown).toBe('ask')
})

it('execute rejects when the tool throws', async () => {
  const tool = defineTool({
    ...base,
    execute: () => {
      throw new Error('closed')
    },
  })
  await expect(tool.execute({}, context)).rejects.toThrow('closed')
})

it('execute passes input and context to the tool', async () => {
  const tool = defineTool({ ...base, execute: (input, { runId }) => ({ input, runId }) })
  expect(await tool.execute({ a: 1 }, context)).toEqual({ input: { a: 1 }, runId: 'run-1' })
})

describe('an approval', () => {
  it('approval is null unless the tool asks for it', () => {
    expect(defineTool(base).approval).toBeNull()
    expect(defineTool({ ...base, approval: false }).approval).toBeNull()
  })

  it('approval: true requires approval for every call and never expires', async () => {
    const { approval } = defineTool({ ...base, approval: true })
    expect(await approval?.when({}, context)).toBe(true)
    expect(approval?.reason({}, context)).toBeNull()
    expect(approval?.expiresInMs).toBeNull()
  })

  it('approval texts may be fixed or made from the call', async () => {
    const { approval } = defineTool({
      ...base,
      input: z.object({ cents: z.number() }),
      approval: {
        when: async ({ cents }) => cents > 1_000,
        reason: ({ cents }, { agentId }) => `${agentId} refunds ${cents}`,
        rejectMessage: 'Refused.',
        expiresInMs: 60_000,
      },
    })
    expect(await approval?.when({ cents: 1_000 }, context)).toBe(false)
    expect(await approval?.when({ cents: 1_001 }, context)).toBe(true)
    expect(approval?.reason({ cents: 5 }, context)).toBe('agent refunds 5')
    expect(approval?.rejectMessage({ cents: 5 }, context)).toBe('Refused.')
    expect(approval?.expiresInMs).toBe(60_000)
  })
})
