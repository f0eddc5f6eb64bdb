import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Random } from './random.ts'

/** One line of what an instance says. */
export type InstanceReport =
  | { readonly url: string }
  /** A write of a run that the instance had lost. */
  | { readonly refused: string }
  | { readonly error: string }

/** A process that serves the studio of the campaign. */
export interface Instance {
  readonly name: string
  /** Null while it is down. */
  readonly url: string | null
  readonly paused: boolean
  /** Resolves when it serves. */
  start(): Promise<void>
  /** Kills it without warning; resolves when it is gone. */
  kill(): Promise<void>
  /** Asks it to end; resolves when it is gone. */
  terminate(): Promise<void>
  /** Stops it where it stands, as a machine that sleeps does. */
  pause(): void
  resume(): void
}

/** What the instances have said. */
export interface FleetReport {
  /** Writes that came too late, by kind. */
  readonly refused: Map<string, number>
  /** Errors given to `onError`, with how often. */
  readonly errors: Map<string, number>
  /** Processes that ended by themselves. */
  deaths: number
}

/** Several instances on one database. */
export interface Fleet {
  readonly instances: readonly Instance[]
  readonly report: FleetReport
  /** Those that serve now. */
  up(): readonly Instance[]
  /** The address of one of them; an address nobody listens on when there is none. */
  pickUrl(random: Random): string
  stop(): Promise<void>
}

/** What the instances are started with. */
export interface FleetOptions {
  readonly count: number
  readonly databaseUrl: string
  readonly leaseMs: number
  /** How long a statement may take, in milliseconds. */
  readonly statementMs?: number
}

const folder = fileURLToPath(new URL('../../.tools/campaigns/', import.meta.url))

/** Builds the instance's program once, starts `count` of them, and waits until all serve. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const program = await buildInstance()
  const report: FleetReport = { refused: new Map(), errors: new Map(), deaths: 0 }
  const instances = Array.from({ length: options.count }, (_, index) =>
    createInstance(`i${index + 1}`, { program, report, options }),
  )
  const up = () => instances.filter(({ url, paused }) => url !== null && !paused)
  await Promise.all(instances.map((instance) => instance.start()))
  return {
    instances,
    report,
    up,
    pickUrl(random) {
      const serving = up()
      return (serving.length > 0 && random.pick(serving).url) || 'http://127.0.0.1:9'
    },
    async stop() {
      await Promise.all(instances.map((instance) => instance.kill()))
    },
  }
}

async function buildInstance(): Promise<string> {
  await mkdir(folder, { recursive: true })
  const outfile = `${folder}instance-${process.pid}.mjs`
  await build({
    entryPoints: [fileURLToPath(new URL('instance.ts', import.meta.url))],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    outfile,
  })
  return outfile
}

interface InstanceContext {
  readonly program: string
  readonly report: FleetReport
  readonly options: FleetOptions
}

function createInstance(name: string, { program, report, options }: InstanceContext): Instance {
  let child: ChildProcess | null = null
  let url: string | null = null
  let paused = false
  let wanted = false

  const listen = (line: string) => {
    const said = JSON.parse(line) as InstanceReport
    if ('url' in said) url = said.url
    else if ('refused' in said) count(report.refused, said.refused)
    else count(report.errors, said.error)
  }
  const end = async (signal: NodeJS.Signals) => {
    wanted = false
    const gone = child && child.exitCode === null && child.signalCode === null
    const exit = gone ? once(child as ChildProcess, 'exit') : null
    url = null
    paused = false
    child?.kill(signal)
    await exit
    child = null
  }
  return {
    name,
    get url() {
      return url
    },
    get paused() {
      return paused
    },
    async start() {
      wanted = true
      const started = spawn(process.execPath, [program], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...toEnvironment(name, options) },
      })
      child = started
      started.once('exit', () => {
        if (child !== started) return
        if (wanted) report.deaths++
        url = null
      })
      const lines = createInterface({ input: started.stdout })
      lines.on('line', listen)
      await Promise.race([once(lines, 'line'), once(started, 'exit')])
      if (wanted && url === null && started.exitCode !== null) {
        throw new Error(`Instance ${name} did not start`)
      }
    },
    kill: () => end('SIGKILL'),
    terminate: () => end('SIGTERM'),
    pause() {
      paused = true
      child?.kill('SIGSTOP')
    },
    resume() {
      paused = false
      child?.kill('SIGCONT')
    },
  }
}

function toEnvironment(name: string, options: FleetOptions): Record<string, string> {
  return {
    INSTANCE: name,
    DATABASE_URL: options.databaseUrl,
    LEASE_MS: String(options.leaseMs),
    STATEMENT_MS: String(options.statementMs ?? 3_000),
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
