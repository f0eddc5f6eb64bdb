import type { Writable } from 'node:stream'
import { closeOnSignals } from '../../adapters/signals.ts'
import { type Command, textOf, usageError } from '../command.ts'
import { openTarget, type Target, targetNotes, targetOptions } from '../target.ts'
import { claimStdout } from './stdout.ts'

/** How long other code may keep the process alive after the end, in milliseconds. */
const lingerMs = 1_000

/**
 * `fetch-studio mcp`: the MCP server of a Studio over stdio, for clients that start programs.
 *
 * @see docs/decisions/146-rows-over-stdio.md
 */
export const mcp: Command = {
  name: 'mcp',
  usage: 'mcp [<target>] [--schema <names>] [--allow read_data]',
  summary: 'Serves the MCP server of a Studio over stdio, for desktop clients',
  notes: [
    ...targetNotes,
    '--allow    read_data also offers query_data, which reads rows (default: the schema only;',
    '           a running Studio decides by itself)',
    'The output carries the protocol only. Logs, also those of the module, go to the error output.',
    'It ends when the input is closed, and on SIGINT and SIGTERM.',
  ],
  options: { ...targetOptions, allow: { type: 'string' } },
  operands: [0, 1],
  async run(input, terminal) {
    const allowsRows = parseAllow(textOf(input.values['allow']))
    const output = claimStdout()
    try {
      await serveUntilClosed(await openTarget(input, terminal, { allowsRows }), output)
    } finally {
      // A module may hold connections of its own. The timer keeps no process alive, but ends one that stays alive.
      setTimeout(() => process.exit(), lingerMs).unref()
    }
  },
}

async function serveUntilClosed(target: Target, output: Writable): Promise<void> {
  const { serveTarget } = await import('./serve-target.ts') // keeps other commands fast
  const serving = await serveTarget(target, process.stdin, output).catch(async (error: unknown) => {
    await target.close()
    throw error
  })
  const ended = serving.closed.then(() => target.close())
  const removeListeners = closeOnSignals(async () => {
    await serving.close()
    await ended
  })
  await ended.finally(removeListeners)
}

function parseAllow(value: string | undefined): boolean {
  if (value === undefined) return false
  if (value === 'read_data') return true
  throw usageError('--allow takes read_data')
}
