import { describe, expect, it } from 'vitest'
import { createGate } from '../../support/agents.ts'
import { createTestStudio } from '../../support/studio.ts'

const forms = [
  ['buffered', {}, {}],
  ['streamed', { stream: true }, {}],
  ['background', {}, { prefer: 'respond-async' }],
  ['with a limited wait', {}, { prefer: 'wait=30' }],
] as const

describe.each(forms)('a client that leaves a run that is %s', (_form, body, headers) => {
  it.each([
    ['the studio', { onDisconnect: 'cancel' }, {}],
    ['the agent', { agent: { onDisconnect: 'cancel' } }, {}],
    ['the request', {}, { cancelOnDisconnect: true }],
  ] as const)(
    'before it is admitted leaves no run behind if %s says so',
    async (_who, options, asked) => {
      const { send, get } = await createTestStudio({ turns: ['x'], ...options })
      const signal = AbortSignal.abort()
      const sent = send('POST', '/agents/support/runs', {
        headers,
        signal,
        body: { message: 'm', ...body, ...asked },
      })
      await sent.catch(() => undefined)
      const { body: list } = await get('/runs')
      const { runs } = list as { runs: { status: string }[] }
      expect(runs.filter(({ status }) => status !== 'cancelled')).toEqual([])
    },
  )
})

it('cancelOnDisconnect: false continues a run although the studio cancels', async () => {
  const gate = createGate()
  const { send, runIn, get } = await createTestStudio({
    turns: [['a', { wait: gate.opened }]],
    onDisconnect: 'cancel',
  })
  const body = { message: 'm', stream: true, cancelOnDisconnect: false }
  const response = await send('POST', '/agents/support/runs', { body })
  await response.body?.cancel()
  gate.open()
  await runIn((response.headers.get('location') ?? '').slice('/runs/'.length), 'succeeded')
  expect((await get('/runs')).status).toBe(200)
})

it('a stream that is cancelled cancels its run if the studio says so', async () => {
  const gate = createGate()
  const { send, runIn } = await createTestStudio({
    turns: [['a', { wait: gate.opened }]],
    onDisconnect: 'cancel',
  })
  const response = await send('POST', '/agents/support/runs', {
    body: { message: 'm', stream: true },
  })
  await response.body?.cancel()
  const id = (response.headers.get('location') ?? '').slice('/runs/'.length)
  expect(await runIn(id, 'cancelled')).toMatchObject({ id })
  gate.open()
})
