import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type AiSdkAgent, hostAgent } from '../../src/host/ai-sdk/index.ts'
import { scriptedModel } from '../../src/testing.ts'
import { toolCall } from '../support/agents.ts'
import { createTestStudio } from '../support/studio.ts'
import { installTool } from '../support/tools.ts'

/** What the test uses of `ai` 7. Its own types do not compile beside those of version 6. */
interface Ai7 {
  readonly ToolLoopAgent: new (settings: object) => AiSdkAgent
  readonly isStepCount: (count: number) => unknown
  readonly tool: (spec: object) => object
}

// It is downloaded, so only `npm run test:hosts` does this.
describe.runIf(process.env['HOSTED_AI'] === 'all')('a ToolLoopAgent of ai 7', () => {
  const load = async (): Promise<Ai7> => {
    const modules = await installTool('ai-7', 'ai@7.0.173 zod@4.6.7')
    const entry = pathToFileURL(join(modules, 'ai/dist/index.js')).href
    return (await import(/* @vite-ignore */ entry)) as Ai7
  }

  it('runs, asks for approval and continues', async () => {
    const { ToolLoopAgent, isStepCount, tool } = await load()
    const seen: unknown[] = []
    const refund = tool({
      description: 'Refunds.',
      inputSchema: z.object({ cents: z.number() }),
      needsApproval: ({ cents }: { cents: number }) => cents > 10,
      execute: (input: unknown, { toolCallId }: { toolCallId: string }) => {
        seen.push({ input, toolCallId })
        return 'refunded'
      },
    })
    const turns = [toolCall('refund', { cents: 50 }, 'c1'), 'Done.']
    const model = scriptedModel(turns, { specificationVersion: 'v4' })
    const theirs = new ToolLoopAgent({
      model,
      instructions: 'You help.',
      tools: { refund },
      stopWhen: isStepCount(4),
      reasoning: 'low',
      toolCallConcurrency: 3,
    })
    const agent = hostAgent(theirs, { id: 'support' })
    expect(agent).toMatchObject({ maxTurns: 4, toolConcurrency: 3 })
    const { startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Refund')
    const [approvalId = ''] = await pendingApprovals()
    await decide(approvalId, { approved: true, input: { cents: 40 } })
    await runIn(runId, 'succeeded')
    expect(seen).toEqual([{ input: { cents: 40 }, toolCallId: 'c1' }])
    expect(model.calls[0]).toMatchObject({ reasoning: 'low' })
  })

  it('is refused by the names of the settings that cannot be kept', async () => {
    const { ToolLoopAgent } = await load()
    const never = () => undefined
    const names = [
      'toolApproval',
      'telemetry',
      'onStepEnd',
      'runtimeContext',
      'toolOrder',
      'include',
    ]
    const settings = Object.fromEntries(names.map((name) => [name, never]))
    const theirs = new ToolLoopAgent({ model: scriptedModel([]), ...settings })
    for (const name of names) {
      expect(() => hostAgent(theirs, { id: 'support' })).toThrow(`\n- ${name}: `)
    }
  })
})
