import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findFreePort } from '../../src/cli/embedded.ts'

const run = promisify(execFile)

/** Checks for PgBouncer, and as root installs it from Debian's packages if it is missing. */
export async function hasPgBouncer(): Promise<boolean> {
  if (await isInstalled()) return true
  if (process.getuid?.() !== 0) return false
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'pgbouncer'], { env }).catch(
    () => undefined,
  )
  return isInstalled()
}

function isInstalled(): Promise<boolean> {
  return run('pgbouncer', ['--version']).then(
    () => true,
    () => false,
  )
}

/** A PgBouncer in transaction mode in front of a server. */
export interface PgBouncer {
  /** The same database, through the pool. */
  readonly url: string
  stop(): Promise<void>
}

/** Starts PgBouncer on a loopback port, with so few server connections that clients must share them. */
export async function startPgBouncer(target: string): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(target)
  const folder = await mkdtemp(join(tmpdir(), 'studio-pgbouncer-'))
  const listenPort = await findFreePort()
  const ini = join(folder, 'pgbouncer.ini')
  await writeFile(
    ini,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
ignore_startup_parameters = extra_float_digits
`,
  )
  await chmod(folder, 0o755) // its own user reads it
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn('pgbouncer', ['-q', ...asOther, ini], { stdio: 'ignore' })
  await waitForPort(listenPort, child)
  return {
    url: `postgres://${username}@127.0.0.1:${listenPort}${pathname}`,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}`)
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('PgBouncer did not start')
}
