import { expect, it } from 'vitest'
import { defineTool } from '../../../src/index.ts'
import { toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'

const mebi = 1_048_576

/** Runs a tool that returns `result`. Returns what the model and the trace contain afterwards. */
async function runTool(result: unknown) {
  const tool = defineTool({
    name: 'long',
    description: 'Returns a long text.',
    execute: () => result,
  })
  const turns = [toolCall('long', {}), 'done']
  const { run, get, model } = await createTestStudio({ turns, tools: [tool] })
  const { body } = await run('go')
  const trace = await get(`/traces?include=detail`)
  const prompt = model.calls[1]?.prompt as { role: string; content: unknown }[]
  return {
    sent: JSON.stringify(prompt.at(-1)),
    kept: JSON.stringify(trace.body),
    output: textAt(body, 'output'),
  }
}

it('a tool result of 1 MiB reaches the model unchanged', async () => {
  const { sent, output } = await runTool('x'.repeat(mebi))
  expect(sent).toContain('x'.repeat(mebi))
  expect(sent).not.toContain('left out')
  expect(output).toBe('done')
})

it('a tool result of more than 1 MiB is truncated and says how much was left out', async () => {
  const { sent, kept, output } = await runTool(`${'x'.repeat(mebi)}yyyyy`)
  expect(sent).toContain(`${'x'.repeat(mebi)}[5 characters of this result were left out]`)
  expect(kept).not.toContain('yyyyy')
  expect(output).toBe('done')
})
