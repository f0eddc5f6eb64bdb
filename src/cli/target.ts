import postgres from 'postgres'
import { Studio, defineProject } from '../index.ts'
import { databaseModels, postgresDatabase } from '../postgres.ts'
import { type CommandInput, type Terminal, textOf, usageError } from './command.ts'
import { loadStudio } from './load-studio.ts'

/** The Studio that a command reads from, in this process or on a server. */
export interface Target {
  /** Sends a GET request and returns the JSON body. Rejects with a message that names the path and the status. */
  read(path: string): Promise<unknown>
  close(): Promise<void>
}

/** The options of every command with a target. */
export const targetOptions = {
  schema: { type: 'string' },
} as const

/** The lines of the help about these options. */
export const targetNotes: readonly string[] = [
  '<target>   a module whose default export is a Studio, the URL of a running Studio,',
  '           or a PostgreSQL connection string (default: DATABASE_URL)',
  '--schema   with a connection string: the schemas to read, separated by commas (default: public)',
  'STUDIO_TOKEN from the environment is sent as a bearer token',
]

/** Opens the target that the operand names, passes it to `use`, and closes it. */
export async function withTarget<T>(
  input: CommandInput,
  terminal: Terminal,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await openTarget(input, terminal)
  try {
    return await use(target)
  } finally {
    await target.close()
  }
}

async function openTarget({ operands, values }: CommandInput, { env }: Terminal): Promise<Target> {
  const address = operands[0] ?? env['DATABASE_URL']
  if (!address) throw usageError('Missing target: pass a module or a URL, or set DATABASE_URL')
  const token = env['STUDIO_TOKEN']
  if (/^https?:/.test(address)) return remoteTarget(address, token)
  if (/^postgres(ql)?:/.test(address)) return databaseTarget(address, textOf(values['schema']))
  const studio = await loadStudio(address)
  return fetchTarget(
    (request) => studio.fetch(request),
    token,
    () => studio.close(),
  )
}

function remoteTarget(url: string, token: string | undefined): Target {
  const base = url.replace(/\/+$/, '')
  const send = ({ url: requested, headers }: Request) => {
    const { pathname, search } = new URL(requested)
    return fetch(base + pathname + search, { headers, redirect: 'error' })
  }
  return fetchTarget(send, token, async () => undefined)
}

/** A project whose models are the tables of a database. */
function databaseTarget(url: string, schema = 'public'): Target {
  const schemas = schema.split(',').map((name) => name.trim())
  const sql = postgres(url, { max: 2, prepare: false, connect_timeout: 10, onnotice: ignore })
  const studio = new Studio([], {
    project: defineProject({
      name: new URL(url).pathname.slice(1) || 'database',
      apps: [{ label: 'database', models: databaseModels({ schemas }) }],
    }),
    database: postgresDatabase(sql),
    onError: ignore,
  })
  return fetchTarget(studio.fetch, undefined, async () => {
    await studio.close()
    await sql.end({ timeout: 5 })
  })
}

function fetchTarget(
  send: (request: Request) => Promise<Response> | Response,
  token: string | undefined,
  close: () => Promise<void>,
): Target {
  const headers = {
    accept: 'application/json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  }
  return {
    async read(path) {
      const response = await send(new Request(`http://localhost${path}`, { headers }))
      const text = await response.text()
      if (!response.ok) throw new Error(`GET ${path} returned ${response.status}${reason(text)}`)
      return JSON.parse(text) as unknown
    },
    close,
  }
}

/** Returns the message of an error envelope, or nothing for another body. */
function reason(text: string): string {
  const [, message] = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? []
  return message === undefined ? '' : `: ${JSON.parse(`"${message}"`)}`
}

function ignore(): void {}
