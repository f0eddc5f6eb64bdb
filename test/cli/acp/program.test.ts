import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { serve } from '../../../src/adapters/node.ts'
import { defineAgent } from '../../../src/agents/agent.ts'
import { runProgram } from '../../../src/cli/program.ts'
import { createEditor, wait } from '../../protocols/acp/editor.ts'
import { createScenarioAgent, readTenant } from '../../protocols/scenarios/agent.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { buildProgram, startProgram } from '../../support/mcp-program.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'

let folder = ''
let remove = () => undefined as void

beforeAll(async () => {
  ;({ folder, remove } = await buildProgram(['desk.ts', 'empty.mjs']))
})
afterAll(() => remove())

const start = (args: readonly string[], env: Record<string, string> = {}) =>
  startProgram({ folder, command: 'acp', args, env })

/** Serves the agent of the scenarios on loopback. */
async function serveStudio() {
  const model = scriptedModel(['Hi'])
  const agents = [createScenarioAgent(), defineAgent({ id: 'other', model })]
  const test = await createTestStudio({ agents, auth: readTenant })
  const options = { port: 0, log: false, handleSignals: false, graceMs: 0 } as const
  const serving = await serve(test.studio, options)
  onTestFinished(() => serving.close())
  return { ...test, serving, url: serving.url }
}

describe('fetch-studio acp', () => {
  it('an editor speaks to the agent of a module that prints everywhere', async () => {
    const { child, exit, output } = start(['./desk.mjs'])
    const editor = createEditor(child.stdin, child.stdout)
    expect(await editor.initialize()).toMatchObject({
      protocolVersion: 1,
      agentInfo: { name: 'fetch-studio', title: 'support' },
    })
    const sessionId = await editor.open()
    await editor.say(sessionId, 'hi')
    await editor.say(sessionId, 'refund')
    expect(editor.text()).toBe('HelloDone.')
    void editor.say(sessionId, 'hang').catch(() => undefined)
    await eventually(async () => expect(editor.text()).toMatch(/Half$/))
    child.stdin.end()
    expect(await exit).toEqual([0, null])
    for (const line of output.stdout.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
    }
    expect(output.stderr).toMatch(/loading[^]*loaded/)
  })

  it('the program is killed: another one loads the session, and asks again', async () => {
    const { url } = await serveStudio()
    const args = [url, '--agent', 'support']
    const first = start(args, { STUDIO_TOKEN: 'anna' })
    const killed = createEditor(first.child.stdin, first.child.stdout, { answer: wait })
    const sessionId = await killed.open()
    void killed.say(sessionId, 'refund').catch(() => undefined)
    await eventually(async () => expect(killed.asked).toHaveLength(1))
    first.child.kill('SIGKILL')
    await first.exit
    const second = start(args, { STUDIO_TOKEN: 'anna' })
    const editor = createEditor(second.child.stdin, second.child.stdout)
    await editor.load(sessionId)
    await eventually(async () => expect(editor.text()).toBe('Done.'))
    expect([editor.said(), editor.asked.length]).toEqual(['refund', 1])
    second.child.stdin.end()
    expect(await second.exit).toEqual([0, null])
    expect(second.output.stderr).toBe('')
  })

  it('the program is killed with its module: the next one goes on with what PostgreSQL keeps', async () => {
    const { sql, url: DATABASE_URL } = await createSharedDatabase()
    onTestFinished(() => sql.end())
    const first = start(['./desk.mjs'], { DATABASE_URL, HANGS: '1' })
    const killed = createEditor(first.child.stdin, first.child.stdout)
    const sessionId = await killed.open()
    void killed.say(sessionId, 'cut').catch(() => undefined)
    await eventually(async () => expect(killed.text()).toBe('Half'))
    first.child.kill('SIGKILL')
    await first.exit
    const { child } = start(['./desk.mjs'], { DATABASE_URL })
    const editor = createEditor(child.stdin, child.stdout)
    await editor.load(sessionId)
    await eventually(async () => expect(editor.text()).toMatch(/^(Half)?Whole answer$/))
    expect(editor.said()).toBe('cut')
  })

  it('the program ends by a signal, and when its output is closed', async () => {
    const [closed, killed] = [start(['./desk.mjs']), start(['./desk.mjs'])]
    await Promise.all([closed.open(), killed.open()])
    closed.child.stdout.destroy()
    closed.send({ jsonrpc: '2.0', id: 1, method: 'session/fly' })
    killed.child.kill('SIGTERM')
    expect(await killed.exit).toEqual([null, 'SIGTERM'])
    expect(await closed.exit).toEqual([0, null])
  })
})

describe('a target that acp cannot serve', () => {
  it('acp exits with 1, and says why', async () => {
    const targets = [
      ['./desk.mjs', /returned 401.*Set STUDIO_TOKEN/],
      ['./empty.mjs', /must export a Studio/],
      ['http://127.0.0.1:9', /Could not reach http:\/\/127\.0\.0\.1:9/],
    ] as const
    const programs = targets.map(([target, message]) => ({
      ...start([target], { REQUIRED_TOKEN: 's3cret-token' }),
      message,
    }))
    for (const { exit, output, message } of programs) {
      expect(await exit).toEqual([1, null])
      expect(output.stdout).toBe('')
      expect(output.stderr).toMatch(message)
      expect(output.stderr).not.toMatch(/s3cret|\n\s+at /)
    }
  })

  it.each([
    [['postgres://u:s3cret@db/x'], /not a database/],
    [[], /needs <studio>/],
    [['./a.mjs', './b.mjs'], /takes only <studio>/],
  ])('acp %j is an error of usage', async (args, message) => {
    const lines: string[] = []
    const print = (line: string) => void lines.push(line)
    const terminal = { env: {}, print, printError: print }
    expect(await runProgram(['acp', ...args], terminal)).toBe(2)
    expect(lines.join('\n')).toMatch(message)
    expect(lines.join('\n')).not.toContain('s3cret')
  })

  it('acp names the agents of a Studio that has several', async () => {
    const { url } = await serveStudio()
    const [none, wrong] = [start([url], anna), start([url, '--agent', 'x'], anna)]
    expect(await none.exit).toEqual([2, null])
    expect(none.output.stderr).toMatch(/Pass --agent: this Studio has support, other/)
    expect(await wrong.exit).toEqual([1, null])
    expect(wrong.output.stderr).toMatch(/no agent x: this Studio has support, other/)
  })
})

const anna = { STUDIO_TOKEN: 'anna' }

const settingsSchema = z.object({
  agent_servers: z.record(
    z.string(),
    z.object({
      type: z.literal('custom'),
      command: z.literal('npx'),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  ),
})

/** The settings of Zed in the guide, by the name of the agent. */
function readSettings() {
  const guide = readFileSync(resolve(import.meta.dirname, '../../../docs/guides/acp.md'), 'utf8')
  const [, fence = ''] = /```json\n([^]*?)```/.exec(guide) ?? []
  return settingsSchema.parse(JSON.parse(fence)).agent_servers
}

describe('the settings of the guide', () => {
  it('the commands of the settings start an agent', async () => {
    const { url } = await serveStudio()
    const settings = Object.values(readSettings())
    expect(settings).toHaveLength(2)
    for (const { args, env } of settings) {
      expect(args.slice(0, 3)).toEqual(['-y', 'fetch-studio', 'acp'])
      const [target = '', ...rest] = args.slice(3)
      const isUrl = target.startsWith('https://')
      expect(isUrl || target.startsWith('/')).toBe(true)
      const token = isUrl ? { ...env, STUDIO_TOKEN: 'anna' } : env
      const { child } = start([isUrl ? url : './desk.mjs', ...rest], token)
      const editor = createEditor(child.stdin, child.stdout)
      await editor.say(await editor.open(), 'hi')
      expect(editor.text()).toBe('Hello')
    }
  })
})
