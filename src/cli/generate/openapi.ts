import { writeFile } from 'node:fs/promises'
import { type Command, textOf } from '../command.ts'
import { targetNotes, targetOptions, withTarget } from '../target.ts'

/** `fetch-studio openapi`: the OpenAPI document of a Studio. */
export const openapi: Command = {
  name: 'openapi',
  usage: 'openapi [<target>] [--out <file>] [--schema <names>]',
  summary: 'Prints the OpenAPI 3.1 document of the HTTP API',
  notes: [...targetNotes, '--out      writes the document to this file instead'],
  options: { ...targetOptions, out: { type: 'string' } },
  operands: [0, 1],
  run: (input, terminal) =>
    withTarget(input, terminal, async (target) => {
      const text = JSON.stringify(await target.read('/openapi.json'), null, 2)
      const out = textOf(input.values['out'])
      if (out !== undefined) await writeFile(out, `${text}\n`)
      terminal.print(out === undefined ? text : `${out} written`)
    }),
}
