import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../src/errors.ts'
import { aiSdkUi, a2a, agUi, mcpAgents, openai } from '../../../src/protocols.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import type { Stores } from '../../../src/storage/store.ts'
import { fixedClock } from '../../../src/testing.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { createTestStudio, type TestStudio } from '../../support/studio.ts'

const protocols = [a2a(), agUi(), aiSdkUi(), mcpAgents(), openai()]

/** Stores that other processes may use, whose reads of logs and approvals reject so many times after `begin`. */
function failingStores(clock: ReturnType<typeof fixedClock>) {
  const stores = memoryStores({ clock })
  let left = 0
  const fail = <T>(read: () => Promise<T>): Promise<T> =>
    left-- > 0 ? Promise.reject(new StudioError('unavailable', 'Away')) : read()
  const failing: Stores = {
    ...stores,
    shared: true,
    runs: { ...stores.runs, readLog: (...given) => fail(() => stores.runs.readLog(...given)) },
    approvals: {
      ...stores.approvals,
      pendingOf: (...given) => fail(() => stores.approvals.pendingOf(...given)),
    },
  }
  return { stores: failing, begin: (count: number) => void (left = count) }
}

const user = (text: string) => ({ id: 'm1', role: 'user', parts: [{ type: 'text', text }] })
const agUiBody = (runId: string) => ({
  threadId: 't1',
  runId,
  state: {},
  tools: [],
  context: [],
  forwardedProps: {},
  messages: [{ id: 'm1', role: 'user', content: 'Go' }],
})
const mcp = (params: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'run_support',
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
})
const accept = {
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'run_support',
  'a2a-version': '1.0',
}

type Ask = (studio: TestStudio, runId: string) => Promise<Response>
const post = (studio: TestStudio, path: string, body: object) =>
  studio.send('POST', path, { body, headers: accept })

/** How each protocol starts a run and reads one that waits. */
const requests: readonly (readonly [name: string, start: Ask, read: Ask])[] = [
  [
    'ai-sdk-ui',
    (studio) => post(studio, '/agents/support/chat', { id: 'c1', messages: [user('Go')] }),
    (studio) => studio.send('GET', '/agents/support/chat/c1/stream', { headers: accept }),
  ],
  [
    'ag-ui',
    (studio) => post(studio, '/agents/support/ag-ui', agUiBody('r1')),
    (studio) => post(studio, '/agents/support/ag-ui', agUiBody('r1')),
  ],
  [
    'openai',
    (studio) => post(studio, '/v1/responses', { model: 'support', input: 'Go', stream: true }),
    (studio, runId) =>
      studio.send('GET', `/v1/responses/resp_${runId}?stream=true`, { headers: accept }),
  ],
  [
    'mcp-agents',
    (studio) => post(studio, '/mcp', mcp({ arguments: { message: 'Go' } })),
    (studio, runId) =>
      post(studio, '/mcp', mcp({ arguments: { message: 'Go' }, requestState: runId })),
  ],
  [
    'a2a',
    (studio) =>
      post(studio, '/a2a/support/v1/message:send', {
        message: { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'Go' }] },
      }),
    async (studio, taskId) => {
      const [approvalId] = await studio.pendingApprovals()
      const parts = [{ data: { approvalId, approved: true } }]
      const message = { messageId: 'm2', taskId, role: 'ROLE_USER', parts }
      return post(studio, '/a2a/support/v1/message:stream', { message })
    },
  ],
]

async function createWaiting(start: Ask) {
  const clock = fixedClock()
  const { stores, begin } = failingStores(clock)
  const { tool } = createRefundTool()
  const turns = [[toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')], 'Done.']
  const studio = await createTestStudio({ clock, stores, protocols, tools: [tool], turns })
  const response = await start(studio, '')
  expect(response.status).toBe(200)
  await response.text()
  const { body } = await studio.get('/runs')
  const [run] = (body as { runs: { id: string; status: string }[] }).runs
  expect(run?.status).toBe('waiting')
  return { studio, begin, runId: run?.id ?? '' }
}

/** Ids and times differ from one studio to the next, and an outage has heartbeats. */
const plain = (text: string) =>
  text
    .replaceAll(/^: .*\n\n/gm, '')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
    .replaceAll(/"timestamp":\d+/g, '')

describe.each(requests)('%s, while the store is away', (_, start, read) => {
  it.each([1, 2, 3, 4])(
    'a client of a run that waits reads the same after %i reads that failed, or gets a 503',
    async (failures) => {
      const well = await createWaiting(start)
      const whole = await read(well.studio, well.runId)
      expect(whole.status).toBeLessThan(300)
      const expected = plain(await whole.text())
      const ill = await createWaiting(start)
      ill.begin(failures)
      const response = await read(ill.studio, ill.runId)
      const text = plain(await response.text())
      expect(response.status === 503 ? expected : text).toBe(expected)
    },
  )
})
