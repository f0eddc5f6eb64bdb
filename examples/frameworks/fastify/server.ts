import fastify from 'fastify'
import { toNodeHandler } from 'fetch-studio/node'
import { studio } from '../studio.ts'

const app = fastify()
const handle = toNodeHandler(studio)

app.register(async (scope) => {
  scope.removeAllContentTypeParsers() // leave the body to the studio
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.all('/internal/*', (request, reply) => {
    reply.hijack()
    handle(request.raw, reply.raw)
  })
})

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) })
export const { server } = app
