import { expect, it } from 'vitest'
import { defineAgent, type AgentSpec } from '../../src/agents/agent.ts'
import { defineTool } from '../../src/agents/tool.ts'
import { scriptedModel } from '../../src/testing.ts'

const model = scriptedModel([])
const tool = defineTool({ name: 'find', description: 'Finds.', execute: () => '' })

it('defineAgent fills in defaults', () => {
  expect(defineAgent({ id: ' support ', model })).toEqual({
    id: 'support',
    name: 'support',
    description: null,
    instructions: null,
    model,
    models: new Map(),
    tools: [],
    quickPrompts: [],
    maxTurns: 20,
    toolConcurrency: 1,
    maxToolCalls: 128,
    onDisconnect: null,
    retries: 3,
    timeoutMs: null,
    settings: {},
    metadata: null,
    maxHistory: null,
  })
})

it('defineAgent freezes the agent and its lists', () => {
  const agent = defineAgent({ id: 'a', model, tools: [tool], quickPrompts: ['Hi'] })
  expect([agent, agent.tools, agent.quickPrompts, agent.settings].every(Object.isFrozen)).toBe(true)
})

it.each<[string, Partial<Record<keyof AgentSpec, unknown>>, string]>([
  ['an empty id', { id: '  ' }, 'id'],
  ['no model', { model: undefined }, 'AI SDK model'],
  ['a model name', { model: 'gpt-5' }, 'AI SDK model'],
  ['a model of an unknown version', { model: { ...model, specificationVersion: 'v1' } }, 'v2, v3'],
  ['two tools with one name', { tools: [tool, tool] }, 'two tools named "find"'],
  ['maxTurns 0', { maxTurns: 0 }, 'maxTurns'],
  ['maxTurns 101', { maxTurns: 101 }, 'maxTurns'],
  ['toolConcurrency 0.5', { toolConcurrency: 0.5 }, 'toolConcurrency'],
  ['a negative timeoutMs', { timeoutMs: -1 }, 'timeoutMs'],
  ['timeoutMs NaN', { timeoutMs: Number.NaN }, 'timeoutMs'],
  ['maxHistory 0', { maxHistory: 0 }, 'maxHistory'],
])('defineAgent refuses %s', (_, spec, message) => {
  const whole = { id: 'a', model, ...spec } as AgentSpec
  expect(() => defineAgent(whole)).toThrow(TypeError)
  expect(() => defineAgent(whole)).toThrow(message)
})
