import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { studio } from '../studio.ts'

/** What is used of an event of a function URL (payload format 2.0). */
interface FunctionUrlEvent {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly isBase64Encoded: boolean
  readonly requestContext: { readonly domainName: string; readonly http: { method: string } }
}

export const handler = awslambda.streamifyResponse(async (event: FunctionUrlEvent, output) => {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = event
  const url = `https://${requestContext.domainName}${rawPath}?${rawQueryString}`
  const init = body && { body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') }
  const { method } = requestContext.http
  const response = await studio.fetch(new Request(url, { method, headers, ...init }))
  const head = { statusCode: response.status, headers: Object.fromEntries(response.headers) }
  const source = response.body ? Readable.fromWeb(response.body as NodeStream) : ['']
  await pipeline(source, awslambda.HttpResponseStream.from(output, head))
})

/** What the Node.js runtime of Lambda provides. */
declare const awslambda: {
  streamifyResponse<E>(handle: (event: E, output: Writable) => Promise<void>): typeof handle
  HttpResponseStream: { from(output: Writable, head: object): Writable }
}
