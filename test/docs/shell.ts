import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Commands of contributors and of other hosts, and the file that runs the same in CI. */
const elsewhere: readonly (readonly [command: RegExp, file: string])[] = [
  [/^npm (ci|test|run build|run lint|run types|run format)\b/, '.ci/run'],
  [/^npx vitest run/, '.ci/run'],
  [/^npm run demo\b/, 'test/demo/process.test.ts'],
  [/^npm run test:runtimes\b/, 'test/runtimes/runtimes.test.ts'],
  [
    /^(node|npx tsx) node\.ts$|^bun run bun\.ts$|^(deno serve --host|npx wrangler dev) .*studio\.ts$/,
    'test/runtimes/runtimes.test.ts', // the quick starts of examples/hello, as printed
  ],
  [/^npm run campaign:crash\b/, 'test/campaigns/crash.test.ts'],
  [/^npm run campaign:zombie\b/, 'test/campaigns/zombie.test.ts'],
  [/^npm run soak\b/, 'test/campaigns/soak.test.ts'],
  [/^npm run campaign:outage\b/, 'test/campaigns/outage.test.ts'],
  [/^npm run test:plans\b/, 'test/introspection/query/random-plans.test.ts'],
  [/^npm run campaign:upgrade\b/, 'test/campaigns/upgrade.test.ts'],
  [/^npm run campaign:faults\b/, 'test/campaigns/faults.test.ts'],
  [/^npm run campaign:hostile\b/, 'test/campaigns/hostile.test.ts'],
  [/^npm run campaign:change\b/, 'test/campaigns/change.test.ts'],
  [/^npm run campaign:plans\b/, 'test/change/plan/lying-planner.test.ts'],
  [/^npm run test:predicted\b/, 'test/change/schema/predicted-structure.test.ts'],
  [/^npm run test:writers\b/, 'test/change/writers/dbmate.test.ts'],
  [/^npm run test:blobs\b/, 'test/storage/blobs/postgres.test.ts'],
  [/^npm run test:catalog\b/, 'test/project/postgres/catalog-counts.test.ts'],
  [/^npm run test:client\b/, 'test/client/runtimes.test.ts'],
  [/^npm run test:console\b/, '.ci/run'],
  [/^npm run console:(size|shots)\b/, 'scripts/console-size.ts'],
  [/^npm run console:perf\b/, 'test/console/big-data.test.ts'],
  [/^npm run mutate:answers\b/, 'scripts/mutate-answers.ts'],
  [/^npx fetch-studio change\b/, 'test/cli/change.test.ts'],
  [/^npx fetch-studio plan\b/, 'test/cli/plan.test.ts'],
  [/^npm run api\b/, 'scripts/api.ts'],
]

/** Commands that nothing in CI runs, each with the reason. */
const leftOut: readonly (readonly [command: RegExp, reason: string])[] = [
  [/^npm run bench:(engines|peers)\b/, 'downloads the packages of other projects, takes minutes'],
  [/^npm run bench\b/, 'takes minutes, and its limits hold only on a quiet machine'],
  [/^npx wrangler (hyperdrive|deploy)\b/, 'needs a Cloudflare account'],
]

/** Where a command runs: in this test, in a file of the repository, or nowhere for a reason. */
export type Place =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly file: string }
  | { readonly kind: 'left out'; readonly reason: string }

/** Splits a fence into commands: lines, joined where they continue, without comments; `a && b` are two. */
export function toCommands(code: string): string[] {
  const commands: string[] = []
  let open = ''
  for (const line of code.split('\n')) {
    open += line
    if (open.endsWith('\\')) open = `${open.slice(0, -1)} `
    else if (isComplete(open)) {
      commands.push(...withoutComment(open).split(' && '))
      open = ''
    } else open += '\n'
  }
  return commands.map((command) => command.trim()).filter(Boolean)
}

function isComplete(command: string): boolean {
  return (command.match(/'/g)?.length ?? 0) % 2 === 0
}

function withoutComment(command: string): string {
  return command.replace(/(^|\s+)#\s.*$/, '')
}

/** Says where a command runs. */
export function placeOf(command: string): Place {
  const file = elsewhere.find(([pattern]) => pattern.test(command))?.[1]
  if (file !== undefined) return { kind: 'elsewhere', file }
  const reason = leftOut.find(([pattern]) => pattern.test(command))?.[1]
  return reason === undefined ? { kind: 'here' } : { kind: 'left out', reason }
}

/** Where and with which variables commands run. */
export interface ShellOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Runs a command to its end. Rejects with its output when it fails. */
export async function runCommand(command: string, options: ShellOptions): Promise<void> {
  const child = spawn('bash', ['-c', command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = collect(child)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command}\nended with ${code}:\n${output()}`)
}

/** Starts a command that keeps running; resolves with the process once its output matches. */
export async function startCommand(
  command: string,
  ready: RegExp,
  options: ShellOptions,
): Promise<{ readonly output: string; stop(): Promise<void> }> {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  // a group of its own, because npx does not pass signals on to the program
  const child = spawn('bash', ['-c', `exec ${command}`], { ...options, stdio, detached: true })
  const output = collect(child)
  const ended = once(child, 'close')
  const deadline = Date.now() + 30_000
  while (!ready.test(output())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      signalGroup(child, 'SIGKILL')
      throw new Error(`${command}\ndid not start:\n${output()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const stop = async () => {
    signalGroup(child, 'SIGTERM')
    const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 10_000)
    await ended
    clearTimeout(timer)
  }
  return { output: output(), stop }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // it has ended
  }
}

function collect(child: ChildProcess): () => string {
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => chunks.push(text))
  }
  return () => chunks.join('')
}
