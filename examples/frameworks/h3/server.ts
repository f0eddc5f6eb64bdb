import { H3, serve } from 'h3'
import { studio } from '../studio.ts'

const app = new H3()
app.all('/internal/**', (event) => studio.fetch(event.req))

export const server = serve(app, {
  hostname: '127.0.0.1',
  port: Number(process.env['PORT'] ?? 3000),
})
