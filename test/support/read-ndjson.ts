/** One line of a run's stream. */
export interface StreamLine {
  readonly type: string
  readonly seq?: number
  readonly [member: string]: unknown
}

/** Reads a stream line by line. */
export interface LineReader {
  /** The lines read so far. */
  readonly lines: readonly StreamLine[]
  /** Reads up to the first line that matches; rejects if the stream ends before. */
  until(type: string | ((line: StreamLine) => boolean)): Promise<StreamLine>
  /** Reads to the end; resolves to every line, including those read before. */
  rest(): Promise<readonly StreamLine[]>
  /** Cancels the stream, as a client that disconnects does. */
  cancel(): Promise<void>
}

/** Reads a response of newline-delimited JSON. */
export function readLines(response: Response): LineReader {
  const reader = readText(response)
  const lines: StreamLine[] = []
  const queue: StreamLine[] = []
  let buffered = ''

  const next = async (): Promise<StreamLine | null> => {
    while (queue.length === 0) {
      const { done, value } = await reader.read()
      if (done) return null
      const parts = (buffered + value).split('\n')
      buffered = parts.pop() ?? ''
      for (const part of parts) if (part !== '') queue.push(JSON.parse(part) as StreamLine)
    }
    const line = queue.shift() ?? null
    if (line) lines.push(line)
    return line
  }
  return {
    lines,
    async until(wanted) {
      const fits = typeof wanted === 'function' ? wanted : ({ type }: StreamLine) => type === wanted
      for (;;) {
        const line = await next()
        if (line === null) throw new Error(`The stream ended: ${JSON.stringify(lines)}`)
        if (fits(line)) return line
      }
    },
    async rest() {
      while ((await next()) !== null);
      return lines
    },
    cancel: () => reader.cancel(),
  }
}

/** Reads a whole response of newline-delimited JSON. */
export function readNdjson(response: Response): Promise<readonly StreamLine[]> {
  return readLines(response).rest()
}

/** One event of a server-sent stream. */
export interface ServerSentEvent {
  readonly id: string
  readonly event: string
  readonly data: StreamLine
}

/** Reads a whole response of server-sent events (WHATWG HTML 9.2.6); comments are left out. */
export async function readServerSentEvents(response: Response): Promise<ServerSentEvent[]> {
  const text = await response.text()
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith(':')))
    .filter((fields) => fields.length > 0)
    .map((fields) => {
      const field = (name: string) =>
        fields
          .filter((line) => line.startsWith(`${name}: `))
          .map((line) => line.slice(name.length + 2))
          .join('\n')
      return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) }
    })
}

function readText(response: Response): ReadableStreamDefaultReader<string> {
  if (!response.body) throw new Error('The response has no body')
  const decoder = new TextDecoder()
  return response.body
    .pipeThrough(
      new TransformStream<Uint8Array, string>({
        transform: (bytes, controller) =>
          controller.enqueue(decoder.decode(bytes, { stream: true })),
      }),
    )
    .getReader()
}
