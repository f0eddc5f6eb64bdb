// What the servers of this folder have in common. The bench starts each in a process of its own and asks it over IPC.
import { createServer } from 'node:http'
import { createServer as createSocketServer } from 'node:net'

/** What every agent is told and can do. */
export const instructions = 'You help with orders.'
export const lookup = { name: 'lookup', description: 'Looks up an order.' }
export const findOrder = ({ id }) => ({ id, status: 'blocked' })

/**
 * Tells the bench the port, and answers its questions with the CPU time of this process in milliseconds and its memory in bytes.
 *
 * @param {number} port
 */
export function answerBench(port) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() })
  })
  process.once('disconnect', () => process.exit(0))
  process.send?.({ port })
}

/**
 * Serves `POST /` with the least code: a JSON body `{ message }`, answered by the handler.
 *
 * @param {(message: string, response: import('node:http').ServerResponse) => Promise<void>} handle
 */
export function serveBare(handle) {
  const server = createServer(async (request, response) => {
    try {
      let body = ''
      for await (const chunk of request) body += chunk
      await handle(JSON.parse(body).message, response)
    } catch (error) {
      console.error(error)
      response.destroy()
    }
  })
  server.listen(0, '127.0.0.1', () => answerBench(server.address().port))
}

/**
 * Answers with one server-sent event for each value, and waits for a slow reader.
 *
 * @param {AsyncIterable<unknown>} values
 * @param {import('node:http').ServerResponse} response
 */
export async function sendEvents(values, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for await (const value of values) {
    if (!response.write(`data: ${JSON.stringify(value)}\n\n`)) {
      await new Promise((resolve) => response.once('drain', resolve))
    }
  }
  response.end()
}

/** Returns a free port, for a server that takes a number of its own and not 0. */
export async function freePort() {
  const probe = createSocketServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}
