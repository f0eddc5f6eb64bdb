import type { Command } from './command.ts'
import { openTarget, targetNotes, targetOptions } from './target.ts'

/** `fetch-studio handshake`: what a project is, as JSON. */
export const handshake: Command = {
  name: 'handshake',
  usage: 'handshake [<target>] [--schema <names>]',
  summary: 'Prints what a project is: database, capabilities, checksums, endpoints',
  notes: targetNotes,
  options: targetOptions,
  operands: [0, 1],
  async run(input, terminal) {
    const target = await openTarget(input, terminal)
    try {
      terminal.print(JSON.stringify(await target.ask('/studio/handshake'), null, 2))
    } finally {
      await target.close()
    }
  },
}
