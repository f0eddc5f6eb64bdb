import { readFileSync } from 'node:fs'
import type { Options } from 'postgres'
import { usageError } from './command.ts'

/** A connection string as options of the driver, with what only the program reads. */
export interface Connection {
  readonly options: Options<Record<string, never>>
  /** The schema that Prisma's parameter `schema` names; null without it. */
  readonly schema: string | null
  readonly database: string
}

// What a server takes when a connection starts. All other parameters are for drivers, Prisma, libpq or a pooler.
const settings: ReadonlySet<string> = new Set(
  `application_name datestyle default_transaction_isolation default_transaction_read_only extra_float_digits
  idle_in_transaction_session_timeout idle_session_timeout intervalstyle lock_timeout options role search_path
  statement_timeout timezone transaction_timeout work_mem`.split(/\s+/),
)

/**
 * Reads a connection string as libpq, Prisma and the pools of providers write it: several hosts, IPv6, sockets, and parameters
 * of other programs, which are left out because a server refuses what it does not know.
 *
 * @param source How the user gave it, for messages: `--url` or `DATABASE_URL`.
 * @throws An error of usage that names the source and the part that is wrong, never the password.
 */
export function parseConnection(text: string, source: string): Connection {
  const refuse = (reason: string) =>
    usageError(
      `${source} is not a PostgreSQL connection string such as postgres://user:password@host:5432/database: ${reason}`,
    )
  const [, authority, path = '', query = ''] =
    /^postgres(?:ql)?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/i.exec(text.trim()) ?? []
  if (authority === undefined) throw refuse(toReason(text))
  const at = authority.lastIndexOf('@')
  const [name = '', ...rest] = authority.slice(0, Math.max(at, 0)).split(':')
  const parameters = new Map(
    [...new URLSearchParams(query)].map(([key, value]) => [key.toLowerCase(), value]),
  )
  const take = (key: string) => parameters.get(key) || undefined
  const places = toPlaces(take('host') ?? take('hostaddr') ?? authority.slice(at + 1), take('port'))
  if (!places) throw refuse('a port is a number from 1 to 65535')
  const user = take('user') ?? decode(name)
  const password = take('password') ?? decode(rest.join(':'))
  const database = take('dbname') ?? decode(path.slice(1))
  const timeout = Number(take('connect_timeout'))
  return {
    schema: take('schema') ?? null,
    database,
    options: {
      ...toAddress(places),
      ...(user ? { user } : {}),
      ...(password ? { password } : {}),
      ...(database ? { database } : {}),
      ...toEncryption(parameters, source),
      connect_timeout: timeout > 0 ? timeout : 10,
      connection: Object.fromEntries([...parameters].filter(([key]) => settings.has(key))),
      ...(take('target_session_attrs') ? toTarget(take('target_session_attrs')) : {}),
    },
  }
}

function toReason(text: string): string {
  const [scheme] = /^[a-z][a-z\d+.-]*:/i.exec(text.trim()) ?? []
  if (scheme?.startsWith('prisma')) {
    return 'an address of Prisma Accelerate reaches no database; use the direct one'
  }
  if (scheme === undefined) return 'it must start with postgres://'
  return /^postgres(ql)?:$/i.test(scheme)
    ? 'the address after the scheme cannot be read'
    : `it starts with ${scheme}, not with postgres:`
}

// A character that is special in a URL may have been left as it is.
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface Place {
  readonly host: string
  readonly port: number
}

function toPlaces(hosts: string, ports: string | undefined): readonly Place[] | null {
  const given = ports?.split(',') ?? []
  const places = hosts.split(',').map((text, index): Place => {
    const [, bracketed, plain = '', port] = /^(?:\[(.*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? []
    const number = port || given[index] || given[0] || process.env['PGPORT'] || '5432'
    return {
      host: bracketed ?? (plain === '' && text.includes('::') ? text : decode(plain)),
      port: Number(number),
    }
  })
  const isPort = ({ port }: Place) => Number.isInteger(port) && port > 0 && port < 65_536
  return places.every(isPort) ? places : null
}

function toAddress(places: readonly Place[]): Partial<Connection['options']> {
  const [first] = places
  // a host that is a folder holds a socket
  if (first?.host.startsWith('/')) return { path: `${first.host}/.s.PGSQL.${first.port}` }
  const named = places.filter(({ host }) => host !== '')
  if (named.length === 0) return first ? { port: first.port } : {}
  const [only, ...more] = named
  if (only && more.length === 0) return { host: only.host, port: only.port }
  // the driver takes lists, which its types do not say
  const lists = { host: named.map(({ host }) => host), port: named.map(({ port }) => port) }
  return lists as unknown as Partial<Connection['options']>
}

function toTarget(value: string | undefined): Partial<Connection['options']> {
  const known = ['read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const
  const target_session_attrs = known.find((name) => name === value)
  return target_session_attrs ? { target_session_attrs } : {}
}

function toEncryption(
  parameters: ReadonlyMap<string, string>,
  source: string,
): Pick<Connection['options'], 'ssl'> {
  const mode = parameters.get('sslmode') ?? parameters.get('ssl') ?? ''
  const root = parameters.get('sslrootcert') ?? parameters.get('sslcert') ?? ''
  const isStrict = parameters.get('sslaccept') === 'strict' || mode.startsWith('verify-')
  if (/^(disable|false|0)$/.test(mode)) return { ssl: false }
  if (isStrict && root !== '' && root !== 'system') {
    try {
      return { ssl: { ca: readFileSync(root, 'utf8') } }
    } catch {
      throw usageError(`${source} names a certificate that cannot be read: ${root}`)
    }
  }
  if (isStrict) return { ssl: 'verify-full' }
  if (mode === 'prefer' || mode === 'allow') return { ssl: mode }
  return mode === '' ? {} : { ssl: 'require' }
}
