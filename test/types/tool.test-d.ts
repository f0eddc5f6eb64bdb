import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { defineTool } from '../../src/agents/tool.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import type { StandardSchema } from '../../src/lib/standard-schema.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isSame = <A, B>(_: Same<A, B>): void => {}
const base = { name: 'tool', description: 'A tool.' }

/** Each body compiles only when the schema's output is the type of the tool's input. */
export const tools = [
  defineTool({
    ...base,
    input: z.object({ cents: z.coerce.number().default(1) }),
    approval: {
      when: (input) => (isSame<typeof input, { cents: number }>(true), input.cents > 1),
      reason: (input) => `${input.cents} cents`,
    },
    execute: async (input) => isSame<typeof input, { cents: number }>(true),
  }),
  defineTool({
    ...base,
    input: z3.object({ id: z3.string() }),
    execute: (input) => isSame<typeof input, { id: string }>(true),
  }),
  defineTool({
    ...base,
    input: {} as StandardSchema<{ id: string }, { id: number }>,
    execute: (input) => isSame<typeof input, { id: number }>(true),
  }),
  defineTool({
    ...base,
    input: { type: 'object', properties: { id: { type: 'string' } } },
    execute: (input) => isSame<typeof input, JsonObject>(true),
  }),
  defineTool({ ...base, execute: (input) => isSame<typeof input, JsonObject>(true) }),
]
