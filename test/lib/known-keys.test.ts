import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  defineAgent,
  defineProject,
  defineTool,
  inProcessDispatcher,
  memoryStores,
  Studio,
} from '../../src/index.ts'
import { pgBossDispatcher } from '../../src/pg-boss.ts'
import { scriptedModel } from '../../src/testing.ts'

const model = scriptedModel([])
const tool = { name: 't', description: 'd', execute: () => 1 }
const agent = { id: 'a', model }

/** As a JavaScript user calls it: without the checks of the compiler. */
type Untyped = (...args: unknown[]) => unknown
const untyped = {
  studio: (options: unknown) =>
    new (Studio as unknown as new (...args: unknown[]) => Studio)([], options),
  agent: defineAgent as unknown as Untyped,
  tool: defineTool as unknown as Untyped,
  project: defineProject as unknown as Untyped,
}

const misspelt: [string, () => unknown, string][] = [
  [
    'autth',
    () => untyped.studio({ autth: { token: 's' } }),
    '"autth" is unknown: did you mean auth?',
  ],
  ['token', () => untyped.studio({ token: 's' }), 'did you mean auth: { token }?'],
  ['Auth', () => untyped.studio({ Auth: { token: 's' } }), 'did you mean auth?'],
  ['alowedOrigins', () => untyped.studio({ alowedOrigins: [] }), 'did you mean allowedOrigins?'],
  ['cors', () => untyped.studio({ cors: [] }), 'did you mean allowedOrigins?'],
  ['nothing like it', () => untyped.studio({ zzzzz: 1 }), 'known are project, stores'],
  [
    'two of them',
    () => untyped.studio({ autth: 1, stors: 2 }),
    '"stors" is unknown: did you mean stores?',
  ],
  [
    'limits.bodybytes',
    () => untyped.studio({ limits: { bodybytes: 1 } }),
    'did you mean bodyBytes?',
  ],
  [
    'auth.tokn',
    () => untyped.studio({ auth: { tokn: 's' } }),
    'auth: "tokn" is unknown: did you mean token?',
  ],
  ['auth.verify', () => untyped.studio({ auth: { verify() {} } }), 'auth: "verify" is unknown'],
  ['system', () => untyped.agent({ ...agent, system: 'Be nice' }), 'did you mean instructions?'],
  ['maxSteps', () => untyped.agent({ ...agent, maxSteps: 3 }), 'did you mean maxTurns?'],
  [
    'temperature',
    () => untyped.agent({ ...agent, temperature: 1 }),
    'did you mean settings: { temperature }?',
  ],
  [
    'settings.maxTokens',
    () => untyped.agent({ ...agent, settings: { maxTokens: 1 } }),
    'did you mean maxOutputTokens?',
  ],
  [
    'inputSchema',
    () => untyped.tool({ ...tool, inputSchema: z.object({}) }),
    'did you mean input?',
  ],
  ['parameters', () => untyped.tool({ ...tool, parameters: {} }), 'did you mean input?'],
  ['exceute', () => untyped.tool({ ...tool, exceute() {} }), 'did you mean execute?'],
  [
    'approval.expiresIn',
    () => untyped.tool({ ...tool, approval: { expiresIn: 5 } }),
    'did you mean expiresInMs?',
  ],
  [
    'models',
    () => untyped.project({ name: 'P', models: [] }),
    'did you mean apps: [{ label, models }]?',
  ],
  [
    'apps[].model',
    () => untyped.project({ name: 'P', apps: [{ label: 'a', model: null }] }),
    'did you mean models?',
  ],
  [
    'resources[].path',
    () => untyped.project({ name: 'P', resources: [{ model: 'M', path: '/m' }] }),
    'did you mean prefix?',
  ],
  [
    'schemaHealth.ignored',
    () => untyped.project({ name: 'P', schemaHealth: { ignored: [] } }),
    'did you mean ignore?',
  ],
  [
    'sweep of a dispatcher',
    () => (inProcessDispatcher as unknown as Untyped)({ sweep: 1 }),
    'sweepMs',
  ],
  [
    'poll of a dispatcher',
    () => (pgBossDispatcher as unknown as Untyped)({}, { poll: 1 }),
    'pollMs',
  ],
  [
    'maxRun of stores',
    () => (memoryStores as unknown as Untyped)({ maxRun: 1 }),
    'did you mean maxRuns?',
  ],
]

describe('a misspelt option', () => {
  it.each(misspelt)('%s is a TypeError that suggests the right one', (_, call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })
})

describe('an option that would open a studio', () => {
  it.each([
    {},
    { verify: () => null },
    's3cret',
    '',
    null,
    false,
    0,
    true,
    [],
    { token: undefined },
  ])('auth: %j is a TypeError', (auth) => {
    expect(() => untyped.studio({ auth })).toThrow(TypeError)
  })
})

describe('a tool of another library', () => {
  it.each([
    [
      'the AI SDK',
      [{ description: 'd', inputSchema: {}, execute() {} }],
      'make it with defineTool',
    ],
    [
      'the AI SDK 4',
      [{ description: 'd', parameters: {}, execute() {} }],
      'make it with defineTool',
    ],
    ['nobody', [{ name: 'x' }], 'did not make'],
    ['an object of tools', { x: {} }, 'as a list'],
  ])('defineAgent refuses a tool of %s and says what to do', (_, tools, message) => {
    expect(() => untyped.agent({ ...agent, tools })).toThrow(message)
  })
})

it.each([{ agents: [] }, [{}], [tool], [null], 'x'])('new Studio(%j) is a TypeError', (agents) => {
  const create = () => new (Studio as unknown as new (...args: unknown[]) => Studio)(agents)
  expect(create).toThrow(TypeError)
})

const durations: [string, (ms: number) => unknown][] = [
  ['leaseMs', (leaseMs) => new Studio([], { leaseMs })],
  ['pingTimeoutMs', (pingTimeoutMs) => new Studio([], { pingTimeoutMs })],
  ['sweepMs', (sweepMs) => inProcessDispatcher({ sweepMs })],
  ['timeoutMs of agent', (timeoutMs) => defineAgent({ ...agent, timeoutMs })],
  ['timeoutMs of tool', (timeoutMs) => defineTool({ ...tool, timeoutMs })],
  ['expiresInMs of tool', (expiresInMs) => defineTool({ ...tool, approval: { expiresInMs } })],
]

describe('a duration', () => {
  it.each(durations)('%s takes any positive number', (_, create) => {
    for (const ms of [0.5, 1, 2 ** 31, 1e12, Number.MAX_VALUE]) {
      expect(() => create(ms)).not.toThrow()
    }
  })

  it.each(durations)('%s refuses every other value by name', (name, create) => {
    for (const ms of [0, -1, NaN, Infinity, -Infinity, '5' as unknown as number]) {
      expect(() => create(ms)).toThrow(TypeError)
      expect(() => create(ms)).toThrow(name)
    }
  })

  it('shutdownMs takes 0 and Infinity as well', () => {
    for (const shutdownMs of [0, 5, Infinity])
      expect(() => new Studio([], { shutdownMs })).not.toThrow()
    for (const shutdownMs of [-1, NaN])
      expect(() => new Studio([], { shutdownMs })).toThrow('shutdownMs')
  })
})
