import express from 'express'
import { toNodeHandler } from 'fetch-studio/node'
import { studio } from '../studio.ts'

const app = express()
app.use(express.json()) // may stand before or after the studio
app.use('/internal', toNodeHandler(studio))

export const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
