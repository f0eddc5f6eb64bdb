import { expect, it } from 'vitest'
import { defineTool } from '../../../src/index.ts'
import { toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'

const mebi = 1_048_576

/** Runs a tool that gives this, and answers what the model was then told. */
async function toldAfter(result: unknown) {
  const tool = defineTool({ name: 'long', description: 'Says much.', execute: () => result })
  const turns = [toolCall('long', {}), 'done']
  const { run, get, model } = await createTestStudio({ turns, tools: [tool] })
  const { body } = await run('go')
  const trace = await get(`/traces?include=detail`)
  const prompt = model.calls[1]?.prompt as { role: string; content: unknown }[]
  return {
    told: JSON.stringify(prompt.at(-1)),
    kept: JSON.stringify(trace.body),
    output: textAt(body, 'output'),
  }
}

it('a tool’s result of a MiB reaches the model whole', async () => {
  const { told, output } = await toldAfter('x'.repeat(mebi))
  expect(told).toContain('x'.repeat(mebi))
  expect(told).not.toContain('left out')
  expect(output).toBe('done')
})

it('a longer one is cut where it is too long, and the model is told so', async () => {
  const { told, kept, output } = await toldAfter(`${'x'.repeat(mebi)}yyyyy`)
  expect(told).toContain(`${'x'.repeat(mebi)}[5 characters of this result were left out]`)
  expect(kept).not.toContain('yyyyy')
  expect(output).toBe('done')
})
