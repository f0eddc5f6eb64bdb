import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'
import { describeFramework, type ExampleServer } from './conformance.ts'

// `resetModules` below makes a second copy of every class, and the checks of answers belong to the first one.
vi.unmock('../../src/http/pipeline.ts')

const examples = '../../examples/frameworks'
process.env['PORT'] = '0'

describeFramework('Hono', () => started(import(`${examples}/hono/server.ts`)))
describeFramework('Express 5', () => started(import(`${examples}/express/server.ts`)))
describeFramework('Express 4', async () => {
  vi.doMock(
    'express',
    () => import('express4' as string), // no types of its own
  )
  vi.resetModules()
  return started(import(`${examples}/express/server.ts`))
})
describeFramework('Fastify', () => started(import(`${examples}/fastify/server.ts`)))
describeFramework('Koa', () => started(import(`${examples}/koa/server.ts`)))
describeFramework('NestJS', () => started(import(`${examples}/nestjs/server.ts`)))
describeFramework('h3 v2', async () => {
  const { server } = await import(`${examples}/h3/server.ts`)
  await server.ready()
  return { url: String(server.url).replace(/\/$/, ''), stop: () => server.close(true) }
})
describeFramework('h3 v1', async () => {
  vi.doMock('h3', () => import('h3v1'))
  vi.resetModules()
  return started(import(`${examples}/h3-v1/server.ts`))
})

/** Waits for the server that an example exports. */
async function started(module: Promise<{ server: Server }>): Promise<ExampleServer> {
  const { server } = await module
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
