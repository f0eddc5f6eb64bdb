import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Random } from './random.ts'

/** One line of an instance's standard output. */
export type InstanceReport =
  | { readonly url: string }
  /** The kind of a refused write to a run that the instance had lost. */
  | { readonly refused: string }
  | { readonly error: string }
  /** Bytes of live objects, from time to time. */
  | { readonly heap: number }
  /** What a command to prune dropped and archived. */
  | { readonly pruned: { readonly logDays: number; readonly logs: number } }
  /** A rejection or exception that nothing handled, or what is still open after the process closed everything. */
  | { readonly fault: string }

/** One line of an instance's standard input. All numbers are milliseconds. */
export interface InstanceCommand {
  /** How far the clock is wrong. */
  readonly skew?: number
  /** How far the time in new ids is wrong. */
  readonly shift?: number
  /** Prunes logs of this age. */
  readonly prune?: number
}

/** A process that serves a studio. */
export interface Instance {
  readonly name: string
  /** Null while the process is down. */
  readonly url: string | null
  readonly paused: boolean
  /** Resolves when the process serves. */
  start(): Promise<void>
  /** Sends SIGKILL. Resolves when the process has ended. */
  kill(): Promise<void>
  /** Sends SIGTERM. Resolves when the process has ended. */
  terminate(): Promise<void>
  /** Sends SIGSTOP, which is like a machine that sleeps. */
  pause(): void
  resume(): void
  /** Moves the clock of the studio by some milliseconds. */
  skewClock(ms: number): void
  /** Gives new ids another time, also after a restart. */
  shiftIds(ms: number): void
  /** Prunes logs of an age in milliseconds, in the background. */
  prune(ms: number): void
  /** Takes another program at its next start. */
  use(program: string): void
}

/** What the instances have reported so far. */
export interface FleetReport {
  /** The number of refused late writes, by kind. */
  readonly refused: Map<string, number>
  /** How often `onError` received each error. */
  readonly errors: Map<string, number>
  /** The last heap that each instance reported, in bytes. */
  readonly heaps: Map<string, number>
  /** How many days of logs were dropped, and logs archived, by prunes that came to their end. */
  readonly pruned: { logDays: number; logs: number }
  /** Unhandled rejections and exceptions, and processes that did not end in time. */
  readonly faults: string[]
  /** The number of processes that ended by themselves. */
  deaths: number
}

/** Several instances with one database. */
export interface Fleet {
  readonly instances: readonly Instance[]
  readonly report: FleetReport
  /** Returns the instances that serve now. */
  up(): readonly Instance[]
  /** Returns the address of a random instance that serves, or one that refuses connections if there is none. */
  pickUrl(random: Random): string
  stop(): Promise<void>
}

/** The options of all instances. */
export interface FleetOptions {
  /** The connection string of each instance. */
  readonly databaseUrls: readonly string[]
  readonly leaseMs: number
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Receives each line that an instance writes to its standard error. @default the campaign's own */
  readonly onStderr?: (line: string) => void
  /** The time limit of a statement, in milliseconds. */
  readonly statementMs?: number
  /** The program that all instances start with. @default `instance.ts` of this checkout */
  readonly program?: string
}

const folder = fileURLToPath(new URL('../../.tools/campaigns/', import.meta.url))
let builds = 0

/** Builds the program once, starts one instance for each connection string, and waits until all of them serve. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const program = options.program ?? (await buildInstance())
  const report: FleetReport = {
    refused: new Map(),
    errors: new Map(),
    heaps: new Map(),
    pruned: { logDays: 0, logs: 0 },
    faults: [],
    deaths: 0,
  }
  const instances = options.databaseUrls.map((databaseUrl, index) =>
    createInstance(`i${index + 1}`, { program, report, options, databaseUrl }),
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

/** Bundles the program of an instance. Returns its path. */
export async function buildInstance(
  entry = fileURLToPath(new URL('instance.ts', import.meta.url)),
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const outfile = `${folder}instance-${process.pid}-${builds++}.mjs`
  await build({
    entryPoints: [entry],
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
  readonly databaseUrl: string
}

/** How long an instance may take to end after SIGTERM, in milliseconds. A frozen database may take 10,000 of them. */
const closeMs = 25_000

function createInstance(name: string, context: InstanceContext): Instance {
  const { report, options } = context
  let { program } = context
  let child: ChildProcess | null = null
  let url: string | null = null
  let paused = false
  let isExpected = false
  let shiftMs = 0

  const listen = (line: string) => {
    const reported = JSON.parse(line) as InstanceReport
    if ('url' in reported) url = reported.url
    else if ('refused' in reported) count(report.refused, reported.refused)
    else if ('heap' in reported) report.heaps.set(name, reported.heap)
    else if ('pruned' in reported) {
      report.pruned.logDays += reported.pruned.logDays
      report.pruned.logs += reported.pruned.logs
    } else if ('fault' in reported) report.faults.push(`${name}: ${reported.fault}`)
    else count(report.errors, reported.error)
  }
  const order = (command: InstanceCommand) => {
    if (url !== null) child?.stdin?.write(`${JSON.stringify(command)}\n`)
  }
  const end = async (signal: NodeJS.Signals) => {
    isExpected = false
    const isAlive = child && child.exitCode === null && child.signalCode === null
    const exit = isAlive ? once(child as ChildProcess, 'exit') : null
    url = null
    paused = false
    child?.kill(signal)
    const late = setTimeout(() => {
      report.faults.push(`${name} did not end within ${closeMs} ms after ${signal}`)
      child?.kill('SIGKILL')
    }, closeMs)
    await exit
    clearTimeout(late)
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
      isExpected = true
      const started = spawn(process.execPath, ['--expose-gc', program], {
        stdio: ['pipe', 'pipe', options.onStderr ? 'pipe' : 'inherit'],
        env: {
          ...process.env,
          ...toEnvironment(name, context),
          ID_SHIFT_MS: String(shiftMs),
        },
      })
      child = started
      started.stdin?.on('error', () => undefined) // a process that was killed reads nothing more
      if (started.stderr && options.onStderr) {
        createInterface({ input: started.stderr }).on('line', options.onStderr)
      }
      started.once('exit', () => {
        if (child !== started) return
        if (isExpected) report.deaths++
        url = null
      })
      // `stdout` is a pipe, see `stdio`
      const lines = createInterface({ input: started.stdout as Readable })
      lines.on('line', listen)
      await Promise.race([once(lines, 'line'), once(started, 'exit')])
      if (isExpected && url === null && started.exitCode !== null) {
        throw new Error(`Instance ${name} did not start`)
      }
    },
    use: (next) => void (program = next),
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
    skewClock: (skew) => order({ skew }),
    shiftIds(shift) {
      shiftMs = shift
      order({ shift })
    },
    prune: (age) => order({ prune: age }),
  }
}

function toEnvironment(
  name: string,
  { options, databaseUrl }: InstanceContext,
): Record<string, string> {
  return {
    ...options.env,
    INSTANCE: name,
    DATABASE_URL: databaseUrl,
    LEASE_MS: String(options.leaseMs),
    STATEMENT_MS: String(options.statementMs ?? 3_000),
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
