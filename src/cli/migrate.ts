import postgres from 'postgres'
import { postgresStores } from '../postgres.ts'
import { type Command, usageError } from './command.ts'
import { parseConnection } from './connection.ts'

/** An operator whose application may not create tables runs the command about once a month. */
const daysAhead = 30

/** `fetch-studio migrate`: creates or upgrades the tables with a role that may do so, before a deploy. */
export const migrate: Command = {
  name: 'migrate',
  usage: 'migrate [--url <connection>] [--schema <name>]',
  summary: 'Creates or upgrades the tables of postgresStores(), and the days of the log ahead',
  notes: [
    '--url      a PostgreSQL connection string (default: DATABASE_URL)',
    '--schema   the schema of the tables (default: studio)',
  ],
  options: { url: { type: 'string' }, schema: { type: 'string' } },
  operands: [0, 0],
  async run({ values }, { env, print }) {
    const url = values['url'] ?? env['DATABASE_URL']
    const schema = values['schema'] ?? 'studio'
    if (typeof url !== 'string' || url === '') {
      throw usageError('Missing connection string: pass --url or set DATABASE_URL')
    }
    if (typeof schema !== 'string' || schema === '') throw usageError('--schema needs a name')
    const source = values['url'] === undefined ? 'DATABASE_URL' : '--url'
    const { options } = parseConnection(url, source)
    const sql = postgres({ ...options, max: 1, prepare: false, onnotice: () => undefined })
    try {
      await postgresStores(sql, { schema, daysAhead }).ready?.()
    } finally {
      await sql.end({ timeout: 5 })
    }
    print(`The tables in schema "${schema}" are up to date`)
  },
}
