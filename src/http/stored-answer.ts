import { sha256 } from '../lib/checksum.ts'
import { giveWay, inTurns, type Steps } from '../lib/steps/turns.ts'
import { notModified, toTag } from './etag.ts'

/** The JSON of an object as bytes, written once and sent often. */
export interface StoredAnswer {
  /** 16 hex digits over the members that it covers, equal wherever the members are. */
  readonly digest: string
  /** The bytes after the opening brace. No one may change them. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[]
  readonly bytes: number
}

/** The members of an answer. A function returns the items of a list, which are made one by one while they are written. */
export type AnswerMembers = Readonly<Record<string, unknown>>

/** How many characters one chunk has at least; a single item may be longer. */
const chunkLength = 131_072

const encoder = new TextEncoder()

/**
 * Writes an answer as JSON, in the order of its members, while the event loop goes on. The same members give the same bytes
 * and the same digest. `uncovered` names the members that the digest leaves out.
 */
export async function storeAnswer(
  members: AnswerMembers,
  uncovered: readonly string[] = [],
): Promise<StoredAnswer> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const digests: Promise<string>[] = []
  const add = (text: string, isCovered: boolean) => {
    const chunk = encoder.encode(text)
    chunks.push(chunk)
    if (isCovered) digests.push(sha256(chunk))
  }
  await inTurns(writeMembers(members, uncovered, add))
  const digest = (await sha256((await Promise.all(digests)).join(' '))).slice(0, 16)
  return { digest, chunks, bytes: countBytes(chunks) }
}

/** Passes texts of about the length of a chunk to `add`. */
function* writeMembers(
  members: AnswerMembers,
  uncovered: readonly string[],
  add: (text: string, isCovered: boolean) => void,
): Steps<void> {
  let text = ''
  let separator = ''
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue
    const start = `${separator}${JSON.stringify(name)}:`
    separator = ','
    if (uncovered.includes(name)) {
      if (text !== '') add(text, true)
      add(start + JSON.stringify(value), false)
      text = ''
      continue
    }
    text += start
    if (typeof value !== 'function') {
      text += JSON.stringify(value)
      continue
    }
    let between = '['
    for (const item of value() as Iterable<unknown>) {
      text += between + JSON.stringify(item)
      between = ','
      if (text.length >= chunkLength) {
        add(text, true)
        text = ''
      }
      yield
    }
    text += between === '[' ? '[]' : ']'
  }
  add(`${text}}`, true)
}

/**
 * Responds with a stored answer and a weak `ETag` of it, or with 304 when the client has that version. `first` are members
 * of this response alone, before the stored ones.
 */
export function answerStored(
  { digest, chunks }: StoredAnswer,
  request: Request,
  first: Readonly<Record<string, unknown>> = {},
): Response {
  const { headers, isKnown } = toTag(digest, request)
  if (isKnown) return notModified(headers)
  const start = JSON.stringify(first).slice(0, -1)
  const texts = [encoder.encode(start === '{' || chunks.length === 0 ? start : `${start},`)]
  return new Response(toBody([...texts, ...chunks]), {
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Returns one array for a small answer, else a stream. The reader gets copies, because it may transfer what it reads. */
function toBody(chunks: readonly Uint8Array<ArrayBuffer>[]): BodyInit {
  if (countBytes(chunks) <= 2 * chunkLength) return concatBytes(chunks)
  let next = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await giveWay() // a reader in this process would otherwise read all of it in one turn
        const chunk = chunks[next++]
        if (chunk) controller.enqueue(chunk.slice())
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function countBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

/** Copies all chunks into one array. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(countBytes(chunks))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
