import postgres from 'postgres'
import { Studio, defineProject } from '../index.ts'
import { databaseModels, postgresDatabase } from '../postgres.ts'
import { type CommandInput, type Terminal, usageError } from './command.ts'
import { loadStudio } from './load-studio.ts'

/** Whom a command asks: a Studio in this process or elsewhere. */
export interface Target {
  /** Asks for a JSON document. Rejects with what stood in the way, in words. */
  ask(path: string): Promise<unknown>
  close(): Promise<void>
}

/** The options of every command that asks a Studio. */
export const targetOptions = {
  schema: { type: 'string' },
} as const

/** What the help of such a command says of them. */
export const targetNotes: readonly string[] = [
  '<target>   a module whose default export is a Studio, the URL of a Studio that is served,',
  '           or a PostgreSQL connection string; DATABASE_URL unless given',
  '--schema   of a connection string: the schemas to look at, with commas between; public unless given',
  'STUDIO_TOKEN in the environment is sent as a bearer token',
]

/** Has a command ask what its operand names, and closes that behind it. */
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
  const named = operands[0] ?? env['DATABASE_URL']
  if (!named) {
    throw usageError('A target is needed: a module, a URL, or DATABASE_URL in the environment')
  }
  const token = env['STUDIO_TOKEN']
  if (/^https?:/.test(named)) return remoteTarget(named, token)
  if (/^postgres(ql)?:/.test(named)) return databaseTarget(named, values['schema'])
  const studio = await loadStudio(named)
  return fetchTarget(
    (request) => studio.fetch(request),
    token,
    () => studio.close(),
  )
}

function remoteTarget(url: string, token: string | undefined): Target {
  const base = url.replace(/\/+$/, '')
  const send = ({ url: asked, headers }: Request) => {
    const { pathname, search } = new URL(asked)
    return fetch(base + pathname + search, { headers, redirect: 'error' })
  }
  return fetchTarget(send, token, async () => undefined)
}

/** A project of nothing but a database: its tables are its models. */
function databaseTarget(url: string, schema: string | boolean | undefined): Target {
  const named = typeof schema === 'string' ? schema.split(',').map((name) => name.trim()) : []
  const schemas = named.length > 0 ? named : ['public']
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
    async ask(path) {
      const response = await send(new Request(`http://localhost${path}`, { headers }))
      const text = await response.text()
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}${reason(text)}`)
      return JSON.parse(text) as unknown
    },
    close,
  }
}

/** What the envelope of errors says, when it is one. */
function reason(text: string): string {
  const [, message] = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? []
  return message === undefined ? '' : `: ${JSON.parse(`"${message}"`)}`
}

function ignore(): void {}
