import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { studio } from '../studio.ts'

const app = new Hono()
app.all('/internal/*', (context) => studio.fetch(context.req.raw))

export const server = serve({
  fetch: app.fetch,
  hostname: '127.0.0.1',
  port: Number(process.env['PORT'] ?? 3000),
})
