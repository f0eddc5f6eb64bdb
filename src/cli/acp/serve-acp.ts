import type { Writable } from 'node:stream'
import { closeOnSignals } from '../../adapters/signals.ts'
import { redactText, toPublicError } from '../../lib/redact.ts'
import { library } from '../../library.ts'
import { type Command, textOf, usageError } from '../command.ts'
import { claimStdout } from '../mcp/stdout.ts'
import { openTarget, type Target } from '../target.ts'
import { clientOfTarget } from '../target-client.ts'

/** How long other code may keep the process alive after the end, in milliseconds. */
const lingerMs = 1_000
/** How long a broken stream of a running Studio is continued, in milliseconds. */
const reconnectMs = 300_000

/**
 * `fetch-studio acp`: an agent of a Studio over stdio, for editors that speak the Agent Client Protocol.
 *
 * @see docs/decisions/227-acp-is-a-client-of-the-studio.md
 */
export const acp: Command = {
  name: 'acp',
  usage: 'acp <studio> [--agent <id>]',
  summary: 'Serves an agent over stdio, for editors that speak the Agent Client Protocol',
  notes: [
    '<studio>   a module whose default export is a Studio, or the URL of a running Studio',
    '--agent    the id of the agent (default: the only one)',
    'STUDIO_TOKEN from the environment is sent as a bearer token',
    'The output carries the protocol only. Logs, also those of the module, go to the error output.',
    'It ends when the input is closed, and on SIGINT and SIGTERM. Runs of a running Studio go on.',
  ],
  options: { agent: { type: 'string' } },
  operands: [1, 1],
  async run(input, terminal) {
    if (/^postgres(ql)?:/i.test(input.operands[0] ?? '')) {
      throw usageError('acp needs the URL of a Studio or a module, not a database')
    }
    const output = claimStdout()
    try {
      const target = await openTarget(input, terminal)
      await serveUntilClosed(target, textOf(input.values['agent']), output)
    } finally {
      // A module may hold connections of its own. The timer keeps no process alive, but ends one that stays alive.
      setTimeout(() => process.exit(), lingerMs).unref()
    }
  },
}

async function serveUntilClosed(
  target: Target,
  agentId: string | undefined,
  output: Writable,
): Promise<void> {
  const serving = await serveChosen(target, agentId, output).catch(async (error: unknown) => {
    await target.close()
    throw error
  })
  const ended = serving.closed.then(() => target.close())
  const removeListeners = closeOnSignals(async () => {
    serving.close()
    await ended
  })
  await ended.finally(removeListeners)
}

async function serveChosen(target: Target, agentId: string | undefined, output: Writable) {
  const { selectAgent } = await import('./select-agent.ts') // keeps other commands fast
  const { serveAgent } = await import('./serve-agent.ts')
  const client = clientOfTarget(target, reconnectMs)
  const chosen = await selectAgent(client, agentId)
  return serveAgent({ client, ...chosen, input: process.stdin, output, report })
}

function report(error: unknown): void {
  process.stderr.write(`${library.name}: ${redactText(toPublicError(error).message)}\n`)
}
