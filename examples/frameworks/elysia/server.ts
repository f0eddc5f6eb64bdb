import { Elysia } from 'elysia'
import { studio } from '../studio.ts'

const app = new Elysia()
app.all('/internal/*', ({ request }) => studio.fetch(request), { parse: 'none' })

app.listen({ hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }, ({ url }) => {
  console.log(`Listening on ${url}`)
})
