/** Reads the lines of a response as they arrive. A last line without an end was cut off and is dropped. */
export async function* readLines(response: Response): AsyncGenerator<string, void, undefined> {
  const reader = response.body?.getReader()
  if (!reader) return
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    // Whoever stops reading closes the connection.
    reader.cancel().catch(() => undefined)
  }
}
