/** What a stream of texts reads from. */
export interface TextSource {
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  /** Resolves to the next text; null at the end. */
  read(): Promise<string | null>
  /** Called when the reader disconnects before the end, or `read` rejects. */
  close(): void
  /** Called when the reader disconnects before the end. */
  readonly onCancel?: (() => void) | undefined
}

const encoder = new TextEncoder()

/** Responds with texts. Each is read when the reader asks for it, so a slow reader holds nothing. */
export function streamTexts(source: TextSource): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await source.read()
          if (text === null) controller.close()
          else controller.enqueue(encoder.encode(text))
        } catch (error) {
          source.close()
          throw error
        }
      },
      cancel() {
        source.close()
        source.onCancel?.()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'content-type': source.contentType,
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      ...source.headers,
    },
  })
}
