import { toNodeHandler } from 'fetch-studio/node'
import Koa from 'koa'
import { studio } from '../studio.ts'

const app = new Koa()
const handle = toNodeHandler(studio)

app.use((context, next) => {
  if (!context.path.startsWith('/internal/')) return next()
  const { body } = context.request as { body?: unknown } // set if a body parser stands in front
  context.respond = false // the studio writes to `context.res`
  handle(Object.assign(context.req, { body }), context.res)
})

export const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
