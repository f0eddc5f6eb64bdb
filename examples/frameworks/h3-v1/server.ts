import { createServer } from 'node:http'
import { toNodeHandler } from 'fetch-studio/node'
import { createApp, fromNodeMiddleware, toNodeListener } from 'h3'
import { studio } from '../studio.ts'

const app = createApp()
app.use('/internal', fromNodeMiddleware(toNodeHandler(studio)))

export const server = createServer(toNodeListener(app))
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
