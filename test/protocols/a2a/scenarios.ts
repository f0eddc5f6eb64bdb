import { TaskState } from '@a2a-js/sdk'
import { expect } from 'vitest'
import { eventually } from '../../support/studio.ts'
import type { ScenarioStudio } from '../scenarios/studio.ts'
import { type Binding, connect, createWatcher, dataPart, say, watch } from './task-client.ts'

/** The client of @a2a-js/sdk with one of the bindings. */
export interface A2aClient {
  readonly binding: Binding
}

/** One column of the table. It rejects where the client sees something else; a text says why the protocol has no shape for it. */
export type A2aScenario = (client: A2aClient, studio: ScenarioStudio) => Promise<string | void>

const open = ({ binding }: A2aClient, studio: ScenarioStudio, place: object = {}) =>
  connect({ url: studio.url, fetch: studio.fetch, binding, ...place })

/** What a client of A2A can do with a studio, in the order of the table. */
export const a2aScenarios: Readonly<Record<string, A2aScenario>> = {
  text: showsText,
  reasoning: hidesReasoning,
  tools: runsTools,
  approval: takesApproval,
  'edited approval': takesEdits,
  cancel: cancels,
  'resume after cut': resumesAfterCut,
  'resume after kill -9': resumesAfterKill,
  error: showsError,
  usage: showsUsage,
  tenant: keepsTenants,
}

async function showsText(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  const shown = await watch(await open(client, studio), 'hi')
  expect([shown.state(), shown.text()]).toEqual(['TASK_STATE_COMPLETED', 'Hello'])
}

async function hidesReasoning(client: A2aClient, studio: ScenarioStudio): Promise<string> {
  const shown = await watch(await open(client, studio), 'think')
  expect(shown.text()).toBe('I thought.')
  return 'A2A has no shape for reasoning'
}

async function runsTools(client: A2aClient, studio: ScenarioStudio): Promise<string> {
  const shown = await watch(await open(client, studio), 'add')
  expect([shown.state(), shown.text()]).toEqual(['TASK_STATE_COMPLETED', 'Done.'])
  return 'tools run, and A2A has no shape for their calls'
}

async function refund(client: A2aClient, studio: ScenarioStudio, edits: object = {}) {
  const connected = await open(client, studio)
  const asked = await watch(connected, 'refund')
  expect(asked.state()).toBe('TASK_STATE_INPUT_REQUIRED')
  expect(asked.question()[0]).toMatchObject({ toolName: 'refund', input: { cents: 50 } })
  const taskId = asked.id()
  const verdict = dataPart({ approvalId: asked.approvalId(), approved: true, ...edits })
  const shown = await watch(connected, [verdict], { taskId })
  expect([shown.id(), shown.state(), shown.text()]).toEqual([
    taskId,
    'TASK_STATE_COMPLETED',
    'Done.',
  ])
  const headers = { authorization: 'Bearer anna' }
  const events = await studio.fetch(`${studio.url}/runs/${taskId}/events`, { headers })
  return events.text()
}

async function takesApproval(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  expect(await refund(client, studio)).toContain('\\"refunded\\":50')
}

async function takesEdits(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  expect(await refund(client, studio, { input: { cents: 40 } })).toContain('\\"refunded\\":40')
}

/** Sends a message and does not wait for its end; the reading ends with the task. */
async function start(client: A2aClient, studio: ScenarioStudio, text: string) {
  const connected = await open(client, studio)
  const left = new AbortController()
  const watcher = createWatcher()
  const read = watcher
    .read(connected.sendMessageStream(say(text), { signal: left.signal }))
    .catch((error: unknown) => error)
  await eventually(async () => expect(watcher.text()).toBe('Half'))
  return { client: connected, watcher, read, leave: () => left.abort() }
}

async function cancels(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  const started = await start(client, studio, 'hang')
  const request = { tenant: '', id: started.watcher.id(), metadata: undefined }
  const task = await started.client.cancelTask(request)
  expect(task.status?.state).toBe(TaskState.TASK_STATE_CANCELED)
  await started.read
  expect(started.watcher.state()).toBe('TASK_STATE_CANCELED')
}

async function resumesAfterCut(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  const started = await start(client, studio, 'hang')
  started.leave()
  await started.read
  const id = started.watcher.id()
  const again = createWatcher()
  const read = again.read(started.client.resubscribeTask({ tenant: '', id }))
  await eventually(async () => expect(again.text()).toBe('Half'))
  expect(again.seen[0]).toBe('task TASK_STATE_WORKING')
  await started.client.cancelTask({ tenant: '', id, metadata: undefined })
  await read
  expect(again.state()).toBe('TASK_STATE_CANCELED')
}

async function resumesAfterKill(client: A2aClient, studio: ScenarioStudio): Promise<string | void> {
  if (!studio.kill) return 'needs two processes'
  const started = await start(client, studio, 'cut')
  const id = started.watcher.id()
  const url = await studio.kill()
  expect(await started.read).toBeInstanceOf(Error)
  const second = await open(client, studio, { url })
  await eventually(async () => {
    const again = createWatcher()
    await again.read(second.resubscribeTask({ tenant: '', id })).catch(() => undefined)
    const task = await second.getTask({ tenant: '', id })
    again.enter(task)
    expect([again.state(), again.text()]).toEqual(['TASK_STATE_COMPLETED', 'Whole answer'])
  })
}

async function showsError(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  const shown = await watch(await open(client, studio), 'fail')
  expect(shown.state()).toBe('TASK_STATE_FAILED')
  expect(shown.question()[0]).toContain('out of order')
}

async function showsUsage(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  const connected = await open(client, studio)
  const shown = await watch(connected, 'hi')
  const usage = { usage: { inputTokens: 11, outputTokens: 7 } }
  expect(shown.metadata()).toMatchObject(usage)
  expect(await connected.getTask({ tenant: '', id: shown.id() })).toMatchObject({ metadata: usage })
}

async function keepsTenants(client: A2aClient, studio: ScenarioStudio): Promise<void> {
  const own = await watch(await open(client, studio), 'hi', { contextId: 'c1' })
  const other = await open(client, studio, { tenant: 'bert' })
  const id = own.id()
  const missing = { name: 'TaskNotFoundError' }
  await expect(other.getTask({ tenant: '', id })).rejects.toMatchObject(missing)
  await expect(other.cancelTask({ tenant: '', id, metadata: undefined })).rejects.toMatchObject(
    missing,
  )
  const filter = { tenant: '', contextId: 'c1', status: 0, pageToken: '' }
  const list = await other.listTasks({ ...filter, statusTimestampAfter: undefined })
  expect(list.tasks).toEqual([])
}
