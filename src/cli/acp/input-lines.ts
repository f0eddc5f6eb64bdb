import { Buffer } from 'node:buffer'

/** One line of the input; null for a line that is longer than allowed. */
export type InputLine = string | null

/** Splits bytes into lines. A line that is too long is skipped up to its end, and reported once. */
export interface LineSplitter {
  push(chunk: Uint8Array): InputLine[]
  /** Returns the last line, if the input ended without a line end. */
  end(): InputLine[]
}

const lineEnd = 0x0a

/** Creates a splitter that keeps at most `maxBytes` of a line. */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let parts: Uint8Array[] = []
  let size = 0
  const take = (): InputLine[] => {
    const line = size > maxBytes ? null : Buffer.concat(parts).toString('utf8').trim()
    parts = []
    size = 0
    return line === '' ? [] : [line]
  }
  const keep = (bytes: Uint8Array): void => {
    size += bytes.length
    if (size > maxBytes) parts = []
    else if (bytes.length > 0) parts.push(bytes)
  }
  return {
    push(chunk) {
      const lines: InputLine[] = []
      let start = 0
      for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
        keep(chunk.subarray(start, end))
        lines.push(...take())
        start = end + 1
      }
      keep(chunk.subarray(start))
      return lines
    },
    end: take,
  }
}
