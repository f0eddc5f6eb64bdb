// Mastra with its own server on Hono.
import { serve } from '@hono/node-server'
import { Mastra } from '@mastra/core'
import { MastraServer } from '@mastra/hono'
import { Hono } from 'hono'
import { answerBench } from './host.mjs'
import { agent } from './mastra-agent.mjs'

const app = new Hono()
const server = new MastraServer({
  app,
  mastra: new Mastra({ agents: { bench: agent }, logger: false }),
})
await server.init()
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => answerBench(port))
