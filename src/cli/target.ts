import postgres from 'postgres'
import { Studio, defineProject } from '../index.ts'
import { redactText } from '../lib/redact.ts'
import { databaseModels, postgresDatabase } from '../postgres.ts'
import {
  type CommandInput,
  type Terminal,
  textOf,
  usageError,
  commandFailure,
  explainCause,
  showArgument,
} from './command.ts'
import { parseConnection } from './connection.ts'
import { loadStudio } from './load-studio.ts'

/** The Studio that a command reads from, in this process or on a server. */
export interface Target {
  /** Sends a GET request and returns the JSON body. Rejects with a message that names the path and the status. */
  read(path: string, signal?: AbortSignal): Promise<unknown>
  /** Sends a request as the caller whom `STUDIO_TOKEN` names. Rejects if there is no answer. */
  send(path: string, init?: RequestInit): Promise<Response>
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
  '--schema   with a connection string: the schemas to read, separated by commas',
  '           (default: its parameter `schema`, as Prisma writes it, or public)',
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

/** What a command may do beyond reading the schema. */
interface Grants {
  /** True lets a caller without `auth` read rows: the one who started the command. */
  readonly allowsRows?: boolean
}

/** Opens the target that the operand names. The caller closes it. */
export async function openTarget(
  { operands, values }: CommandInput,
  { env }: Terminal,
  { allowsRows = false }: Grants = {},
): Promise<Target> {
  const address = operands[0] ?? env['DATABASE_URL']
  if (!address) throw usageError('Missing target: pass a module or a URL, or set DATABASE_URL')
  const token = env['STUDIO_TOKEN']
  if (/^https?:/i.test(address)) {
    if (allowsRows)
      throw usageError('--allow is for a module or a database: a server decides by itself')
    return remoteTarget(address, token)
  }
  if (isAddress(address)) {
    const source = operands[0] === undefined ? 'DATABASE_URL' : 'The target'
    return databaseTarget(address, { source, schema: textOf(values['schema']), allowsRows })
  }
  if (allowsRows) process.env['STUDIO_ALLOW'] = 'read_data'
  const studio = await loadStudio(address)
  const base = `http://localhost${studio.basePath ?? ''}` // the module may import an older copy
  return fetchTarget(
    (path, init) => studio.fetch(new Request(base + path, init)),
    token,
    () => studio.close(),
  )
}

// A path of Windows such as `C:\\studio.mjs` is no address.
function isAddress(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(text) && !/^file:/i.test(text)
}

function remoteTarget(url: string, token: string | undefined): Target {
  const base = url.replace(/\/+$/, '')
  if (!URL.canParse(base)) throw usageError(`The target is no URL: ${showArgument(url)}`)
  const send = async (path: string, init: RequestInit) => {
    try {
      return await fetch(base + path, { ...init, redirect: 'error' })
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw commandFailure(`Could not reach ${showArgument(base)}: ${explainCause(error)}`, error)
    }
  }
  return fetchTarget(send, token, async () => undefined)
}

/** A project whose models are the tables of a database. */
function databaseTarget(
  url: string,
  given: {
    readonly source: string
    readonly schema: string | undefined
    readonly allowsRows: boolean
  },
): Target {
  const connection = parseConnection(url, given.source)
  const schemas = (given.schema ?? connection.schema ?? 'public')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (schemas.length === 0) throw usageError('--schema needs a name')
  const sql = postgres({ ...connection.options, max: 2, prepare: false, onnotice: ignore })
  const studio = new Studio([], {
    project: defineProject({
      name: connection.database || 'database',
      apps: [{ label: 'database', models: databaseModels({ schemas }) }],
    }),
    database: postgresDatabase(sql),
    allow: given.allowsRows ? ['read_data'] : [],
    onError: ignore,
  })
  const close = async () => {
    await studio.close()
    await sql.end({ timeout: 5 })
  }
  return fetchTarget(
    (path, init) => studio.fetch(new Request(`http://localhost${path}`, init)),
    undefined,
    close,
  )
}

function fetchTarget(
  fetchPath: (path: string, init: RequestInit) => Promise<Response> | Response,
  token: string | undefined,
  close: () => Promise<void>,
): Target {
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    if (token) headers.set('authorization', `Bearer ${token}`)
    return fetchPath(path, { ...init, headers })
  }
  return {
    send,
    async read(path, signal) {
      const headers = { accept: 'application/json' }
      const response = await send(path, { headers, ...(signal ? { signal } : {}) })
      const text = await response.text()
      if (!response.ok) {
        throw commandFailure(`GET ${path} returned ${response.status}${reason(text)}`)
      }
      try {
        return JSON.parse(text) as unknown
      } catch (error) {
        throw commandFailure(
          `GET ${path} did not return JSON: is this the address of a Studio?`,
          error,
        )
      }
    },
    close,
  }
}

/** Returns the message of an error envelope, or nothing for another body. */
function reason(text: string): string {
  const [, message] = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? []
  return message === undefined ? '' : `: ${redactText(String(JSON.parse(`"${message}"`)))}`
}

function ignore(): void {}
