/** The bytes that a server may send in one answer or stream. */
const maxAnswerBytes = 16_777_216

/** Returns the same answer with a body that fails beyond the limit, because a server may send without end. */
export function limitAnswer(response: Response): Response {
  const { body, status, statusText, headers } = response
  if (!body) return response
  let bytes = 0
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.length
        if (bytes <= maxAnswerBytes) controller.enqueue(chunk)
        else controller.error(new Error(`The answer has more than ${maxAnswerBytes} bytes`))
      },
    }),
  )
  return new Response(counted, { status, statusText, headers })
}
