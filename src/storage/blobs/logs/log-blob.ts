import { sha256 } from '../../../lib/checksum.ts'
import { isRecord } from '../../../lib/json.ts'
import type { LogEntry } from '../../../records/run.ts'
import { StudioError } from '../../../errors.ts'
import { payloadLost } from '../failures.ts'
import { compress, decompress } from './gzip.ts'

/** The first line of an archived log. It proves the others, which are the entries from number 0 on. */
interface LogHeader {
  readonly log: 1
  readonly runId: string
  readonly entries: number
  /** The SHA-256 of the bytes after the first line. */
  readonly sha256: string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const newline = 10

/** Writes a whole log as a blob. */
export async function encodeLog(
  runId: string,
  entries: readonly LogEntry[],
): Promise<Uint8Array<ArrayBuffer>> {
  const isWhole = entries.length > 0 && entries.every(({ seq }, index) => seq === index)
  if (!isWhole) throw new TypeError('An archive takes whole logs alone')
  const lines = encoder.encode(entries.map(({ json }) => json).join('\n'))
  const header: LogHeader = {
    log: 1,
    runId,
    entries: entries.length,
    sha256: await sha256(lines),
  }
  const first = encoder.encode(`${JSON.stringify(header)}\n`)
  const bytes = new Uint8Array(first.length + lines.length)
  bytes.set(first)
  bytes.set(lines, first.length)
  return compress(bytes)
}

/** Reads the JSON of the entries of a log, from number 0 on. Rejects with `unavailable` for what is not the log of this run. */
export async function decodeLog(runId: string, bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const whole = await decompress(bytes).catch((error: unknown) => {
    throw error instanceof StudioError ? error : payloadLost('damaged')
  })
  const end = whole.indexOf(newline)
  const header = readHeader(decoder.decode(whole.subarray(0, Math.max(end, 0))))
  const rest = whole.subarray(end + 1)
  if (header?.runId !== runId || header.sha256 !== (await sha256(rest))) {
    throw payloadLost('damaged')
  }
  const lines = decoder.decode(rest).split('\n')
  if (lines.length !== header.entries) throw payloadLost('damaged')
  return lines
}

function readHeader(text: string): LogHeader | null {
  try {
    const header: unknown = JSON.parse(text)
    // what it says is compared, member by member
    return isRecord(header) && header['log'] === 1 ? (header as unknown as LogHeader) : null
  } catch {
    return null
  }
}
