import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Starts one of our TypeScript files in a child process whose stderr is ours. */
export function startChild(
  file: string,
  args: readonly string[],
  flags: readonly string[] = [],
): ChildProcess {
  const command = [...flags, 'scripts/run-ts.mjs', file, ...args]
  return spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Waits until a child exits with 0; resolves to its stdout. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`The child process ended with ${code}: ${output}`)
  return output
}

/** Resolves to the next message of a child process; rejects if it ends instead. */
export async function messageOf(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController()
  const { signal } = stop
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`The child process ended with ${code}`)
      }),
    ])
  } finally {
    stop.abort()
  }
}
