import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { defineProject, Studio, type StudioOptions } from '../../../src/index.ts'
import { zodModels } from '../../../src/zod.ts'
import { fakeDatabase } from '../../support/project.ts'

const models = { Book: z.object({ id: z.int() }) }

/** Connects a client of 2026-07-28 in process; `changed` resolves with the lists that changed. */
async function subscribe(options: StudioOptions = {}) {
  const current = { models: zodModels(models) }
  const source = {
    read: (...args: Parameters<typeof current.models.read>) => current.models.read(...args),
  }
  const project = defineProject({ name: 'Changing', apps: [{ label: 'shop', models: source }] })
  const studio = new Studio([], { project, onError: () => undefined, ...options })
  const changed: string[] = []
  let notify = () => undefined as void
  const both = new Promise<void>((resolve) => (notify = () => changed.length === 2 && resolve()))
  const record = (name: string) => ({
    debounceMs: 0,
    autoRefresh: false,
    onChanged: () => {
      changed.push(name)
      notify()
    },
  })
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    {
      versionNegotiation: { mode: { pin: '2026-07-28' } },
      listChanged: { tools: record('tools'), resources: record('resources') },
    },
  )
  const bodies: Response[] = []
  const transport = new StreamableHTTPClientTransport(new URL('http://studio.test/ai/mcp'), {
    fetch: async (url, init) => {
      const response = await studio.fetch(new Request(url, init))
      bodies.push(response)
      return response
    },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return { client, current, changed, both, bodies, studio }
}

describe('a subscription over HTTP', () => {
  it('a client that listens learns that the models changed', async () => {
    const { client, current, both } = await subscribe()
    expect(client.getServerCapabilities()).toMatchObject({
      tools: { listChanged: true },
      resources: { listChanged: true },
    })
    // after the first look, which is the first step of the subscription
    await client.listResources()
    current.models = zodModels({ ...models, Author: z.object({ id: z.int() }) })
    await both
    const { resources } = await client.listResources()
    expect(resources.map(({ name }) => name)).toContain('shop.Author')
  }, 60_000)

  it('no subscription is offered where the database is opened for each request', async () => {
    const { client } = await subscribe({ database: () => fakeDatabase() })
    expect(client.getServerCapabilities()).toMatchObject({ tools: {}, resources: {} })
    expect(JSON.stringify(client.getServerCapabilities())).not.toContain('listChanged')
  })

  it('a studio has at most 100 subscriptions, and a cancelled one makes room', async () => {
    const { studio } = await subscribe({ snapshotMaxAgeMs: Infinity })
    const listen = (id: number) =>
      studio.fetch('http://studio.test/ai/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'subscriptions/listen',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id,
          method: 'subscriptions/listen',
          params: {
            notifications: { toolsListChanged: true },
            _meta: {
              'io.modelcontextprotocol/protocolVersion': '2026-07-28',
              'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
              'io.modelcontextprotocol/clientCapabilities': {},
            },
          },
        }),
      })
    const open: Response[] = []
    let refused: Response | null = null
    for (let id = 0; id < 101 && !refused; id++) {
      const response = await listen(id)
      if (response.headers.get('content-type') === 'text/event-stream') open.push(response)
      else refused = response
    }
    expect(open).toHaveLength(99) // besides that of the client
    expect(await refused?.json()).toMatchObject({ error: { code: -32603 } })
    await open.pop()?.body?.cancel()
    const again = await listen(200)
    expect(again.headers.get('content-type')).toBe('text/event-stream')
    await Promise.all([...open, again].map(({ body }) => body?.cancel()))
  })
})
