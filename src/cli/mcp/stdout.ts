import { Writable } from 'node:stream'

/**
 * Takes the output of the process for one writer, until the process ends. Whatever else writes there, such as `console.log`,
 * writes to the error output.
 */
export function claimStdout(): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  // A client that is gone has closed both pipes. The writer learns of it by its callback.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
  stdout.write = stderr.write.bind(stderr)
  return new Writable({
    decodeStrings: false,
    write: (chunk: string, encoding, done) => void write(chunk, encoding, done),
  })
}
