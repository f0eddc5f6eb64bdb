import { hasToolCall, isLoopFinished, Output, stepCountIs, ToolLoopAgent } from 'ai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hostAgent } from '../../src/host/ai-sdk/index.ts'
import { scriptedModel } from '../../src/testing.ts'
import { asModel, hostSupport } from './hosted-agents.ts'

const model = asModel(scriptedModel([]))
const host = (settings: object) =>
  hostAgent(new ToolLoopAgent({ model, ...settings }), { id: 'support' })

describe('hostAgent refuses', () => {
  const never = () => undefined as never
  const settings: Readonly<Record<string, unknown>> = {
    prepareStep: never,
    prepareCall: never,
    callOptionsSchema: z.object({}),
    output: Output.object({ schema: z.object({}) }),
    activeTools: [],
    onStepFinish: never,
    onFinish: never,
    experimental_telemetry: { isEnabled: true },
    experimental_repairToolCall: never,
    experimental_download: never,
    experimental_toolApprovalSecret: 'secret',
    allowSystemInMessages: false,
    somethingNew: 1,
    instructions: [{ role: 'user', content: 'x' }],
    model: 'openai/gpt-5',
  }

  it.each(Object.keys(settings))('the setting %s, by its name', (name) => {
    expect(() => host({ [name]: settings[name] })).toThrow(new RegExp(`\\n- ${name}: .+`))
  })

  const base = { inputSchema: z.object({}), execute: never }
  const tools: Readonly<Record<string, object>> = {
    'tools.a.execute': { inputSchema: z.object({}) },
    'tools.a.onInputStart': { ...base, onInputStart: never },
    'tools.a.onInputAvailable': { ...base, onInputAvailable: never },
    'tools.a.metadata': { ...base, metadata: {} },
    'tools.a.description': { ...base, description: never },
    'tools.a.needsApproval': { ...base, needsApproval: 'yes' },
    'tools.a.toModelOutput': { ...base, toModelOutput: 'text' },
    'tools.a: The input of tool "a" cannot be used': {
      ...base,
      inputSchema: z.object({ at: z.date() }),
    },
    'tools.a: a tool of a provider': { type: 'provider', id: 'openai.search', args: {} },
  }

  it.each(Object.keys(tools))('%s', (fault) => {
    const a = tools[fault]
    expect(() => host({ tools: { a } })).toThrow(`\n- ${fault}`)
  })

  it('every fault at once', () => {
    const both = { output: Output.text(), prepareStep: never, tools: { a: base, b: {} } }
    expect(() => host(both)).toThrow(/output: [^]*prepareStep: [^]*tools\.b\.execute: /)
  })

  it('conditions that read more than the number of steps', () => {
    const conditions = [
      hasToolCall('done'),
      isLoopFinished(),
      stepCountIs(0),
      stepCountIs(101),
      () => true,
      async ({ steps }: { steps: unknown[] }) => steps.length > 2,
      ({ steps }: { steps: { text: string }[] }) => steps.some(({ text }) => text === ''),
      ({ steps }: { steps: unknown[] }) => steps.at(-1) === undefined,
      [],
      [stepCountIs(3), hasToolCall('done')],
      5,
    ]
    for (const stopWhen of conditions) {
      expect(() => host({ stopWhen })).toThrow(/stopWhen: needs stepCountIs/)
    }
  })

  it('what is no plain ToolLoopAgent', () => {
    class Mine extends ToolLoopAgent {}
    const { theirs } = hostSupport([])
    const changed = Object.assign(hostSupport([]).theirs, { generate: never })
    const copy = { version: 'agent-v1', id: 'x', tools: {}, generate: never, stream: never }
    for (const agent of [new Mine({ model }), { ...copy }, changed, null as never]) {
      expect(() => hostAgent(agent, { id: 'support' })).toThrow(/^hostAgent /)
    }
    expect(() => hostAgent(theirs, { id: ' ' })).toThrow(/id that is not empty/)
    expect(() => hostAgent(theirs, { id: 'a', onCrash: 'ask' as never })).toThrow(/onCrash/)
    expect(() => hostAgent(theirs, { id: 'a', onUnknown: 'fail' } as never)).toThrow(/onUnknown/)
  })
})

describe('hostAgent takes', () => {
  it('a count of steps as maxTurns, the lowest of several, and 20 without any', () => {
    const turns = (stopWhen?: unknown) => host(stopWhen === undefined ? {} : { stopWhen }).maxTurns
    expect(turns()).toBe(20)
    expect(turns(stepCountIs(1))).toBe(1)
    expect(turns([stepCountIs(100), stepCountIs(7)])).toBe(7)
    expect(turns(({ steps }: { steps: unknown[] }) => steps.length >= 3)).toBe(3)
  })

  it('a time limit of the run, and no other', () => {
    expect(host({ timeout: 500 }).timeoutMs).toBe(500)
    expect(host({ timeout: { totalMs: 900 } }).timeoutMs).toBe(900)
    expect(() => host({ timeout: { totalMs: 900, stepMs: 5 } })).toThrow('timeout.stepMs')
  })
})
