import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConnection } from '../../src/cli/connection.ts'
import { runCli as run } from '../support/cli.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

let url: URL
let folder = ''
let socket: Server
let end = async () => undefined as void

beforeAll(async () => {
  const { sql, url: shared } = await createSharedDatabase()
  await sql.unsafe(
    `create schema shop; create table shop.orders (id int primary key); create table users (id int primary key)`,
  )
  end = () => sql.end()
  url = new URL(shared)
  folder = await mkdtemp(join(tmpdir(), 'studio-socket-'))
  socket = createServer((client) => {
    const server = connect(Number(url.port), '127.0.0.1')
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => socket.listen(join(folder, '.s.PGSQL.5432'), resolve))
})
afterAll(async () => {
  await new Promise((resolve) => socket.close(resolve))
  await end()
  await rm(folder, { recursive: true, force: true })
})

const account = () => `${url.username}:${url.password}`
const base = () => `${account()}@127.0.0.1:${url.port}${url.pathname}`

describe('a connection string on the command line', () => {
  it.each([
    ['of `prisma init`', () => `postgresql://${base()}?schema=public`, 'User'],
    [
      'of Prisma with a pool',
      () =>
        `postgresql://${base()}?schema=shop&connection_limit=5&pool_timeout=10&socket_timeout=3`,
      'Order',
    ],
    [
      'for a pooler',
      () => `postgres://${base()}?pgbouncer=true&sslmode=disable&statement_cache_size=0`,
      'User',
    ],
    [
      'of Neon and Supabase',
      () =>
        `postgres://${base()}?sslmode=prefer&channel_binding=prefer&supa=base-pooler.x&workaround=supabase-pooler.vercel`,
      'User',
    ],
    [
      'of libpq',
      () =>
        `postgres://${base()}?connect_timeout=5&application_name=ci&keepalives=1&gssencmode=disable&client_encoding=UTF8&target_session_attrs=any`,
      'User',
    ],
    [
      'with settings of the server',
      () => `postgres://${base()}?options=-c%20statement_timeout%3D5000&search_path=shop`,
      'User',
    ],
    [
      'with several hosts',
      () => `postgres://${account()}@127.0.0.1:1,127.0.0.1:${url.port}${url.pathname}`,
      'User',
    ],
    [
      'with the parts as parameters',
      () =>
        `postgres:///?host=127.0.0.1&port=${url.port}&user=${url.username}&password=${url.password}&dbname=${url.pathname.slice(1)}`,
      'User',
    ],
    [
      'with a socket as parameter',
      () => `postgresql://${account()}@localhost${url.pathname}?host=${folder}`,
      'User',
    ],
    [
      'with a socket in the address',
      () => `postgresql://${account()}@${encodeURIComponent(folder)}${url.pathname}`,
      'User',
    ],
    ['in capitals, with spaces around it', () => ` POSTGRES://${base()} `, 'User'],
  ])('%s is understood by erd', async (_what, address, model) => {
    const { code, printed, errors } = await run(['erd', address().trim()])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(printed).toContain(`  ${model} {`)
    const fromEnvironment = await run(['erd'], { DATABASE_URL: address().trim() })
    expect(fromEnvironment.printed).toBe(printed)
  })

  it('--schema wins over the parameter `schema`, and migrate ignores it', async () => {
    const address = `postgresql://${base()}?schema=public&connection_limit=1`
    const { printed } = await run(['erd', address, '--schema', 'shop'])
    expect(printed).toContain('  Order {')
    const migrated = await run(['migrate', '--url', address])
    expect(migrated).toEqual({
      code: 0,
      errors: '',
      printed: 'The tables in schema "studio" are up to date',
    })
  })

  it('check exits with 3 and a reason when none of several hosts answers', async () => {
    const { code, printed } = await run([
      'check',
      'postgres://ada:hunter2@127.0.0.1:1,127.0.0.1:2/x',
    ])
    expect(code).toBe(3)
    expect(printed).toMatch(/The database: .*(no answer|ECONNREFUSED|refused)/)
    expect(printed).not.toContain('hunter2')
  })

  it('a password may hold every character', () => {
    const { options } = parseConnection('postgres://ada:p%40ss%2Fw:o@rd%zz@[::1]:5433/my%20db', 'x')
    expect(options).toMatchObject({
      user: 'ada',
      password: 'p%40ss%2Fw:o@rd%zz',
      host: '::1',
      port: 5433,
      database: 'my db',
    })
    const plain = parseConnection('postgres://ada:p%40ss%2Fw@db.example/x?sslmode=verify-full', 'x')
    expect(plain.options).toMatchObject({
      password: 'p@ss/w',
      ssl: 'verify-full',
      host: 'db.example',
      port: 5432,
    })
  })
})
