import type { Command } from './command.ts'
import { targetNotes, targetOptions, withTarget } from './target.ts'

/** `fetch-studio handshake`: the handshake of a Studio as JSON. */
export const handshake: Command = {
  name: 'handshake',
  usage: 'handshake [<target>] [--schema <names>]',
  summary: 'Prints the handshake: project, database, capabilities, checksums, endpoints',
  notes: targetNotes,
  options: targetOptions,
  operands: [0, 1],
  run: (input, terminal) =>
    withTarget(input, terminal, async (target) => {
      terminal.print(JSON.stringify(await target.read('/studio/handshake'), null, 2))
    }),
}
