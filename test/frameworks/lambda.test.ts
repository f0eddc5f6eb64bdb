import { on } from 'node:events'
import { PassThrough, type Writable } from 'node:stream'
import { json, text } from 'node:stream/consumers'
import { beforeAll, expect, it, vi } from 'vitest'

interface Head {
  readonly statusCode: number
  readonly headers: Record<string, string>
}

type Handler = (event: object, output: Writable) => Promise<void>

let handler: Handler
const heads = new WeakMap<Writable, Head>()

beforeAll(async () => {
  // What the Node.js runtime of Lambda puts there.
  vi.stubGlobal('awslambda', {
    streamifyResponse: (handle: Handler) => handle,
    HttpResponseStream: {
      from: (output: Writable, head: Head) => (heads.set(output, head), output),
    },
  })
  const example = '../../examples/frameworks/lambda/handler.ts'
  handler = ((await import(example)) as { handler: Handler }).handler
})

/** Sends an event of a function URL, in payload format 2.0. */
function send(method: string, path: string, body?: object, headers = {}) {
  const output = new PassThrough()
  const done = handler(
    {
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: {
        'content-type': 'application/json',
        host: 'id.lambda-url.eu-west-1.on.aws',
        ...headers,
      },
      requestContext: { domainName: 'id.lambda-url.eu-west-1.on.aws', http: { method, path } },
      isBase64Encoded: body !== undefined,
      ...(body && { body: Buffer.from(JSON.stringify(body)).toString('base64') }),
    },
    output,
  )
  return { output, done, head: () => heads.get(output) }
}

const runs = '/internal/agents/support/runs'

it('the Lambda handler serves a handshake whose endpoints carry the prefix', async () => {
  const { output } = send('GET', '/internal/studio/handshake')
  const { endpoints } = (await json(output)) as { endpoints: Record<string, string> }
  expect(Object.values(endpoints).filter((path) => !path.startsWith('/internal/'))).toEqual([])
})

it('the Lambda handler passes a base64 body on and returns the result of a buffered run', async () => {
  const { output, head } = send('POST', runs, { message: 'Hi, «Zoë» ✓' })
  expect(await json(output)).toMatchObject({ output: 'Hello!' })
  expect(head()).toMatchObject({ statusCode: 200 })
})

it('the Lambda handler streams a run as NDJSON', async () => {
  const { output, head } = send('POST', runs, { message: 'hi', stream: true })
  expect((await text(output)).trim().split('\n').at(-1)).toContain('"type":"final"')
  expect(head()?.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
})

it('the Lambda handler passes on a Location that can be followed as it is', async () => {
  const accepted = send('POST', runs, { message: 'hi' }, { prefer: 'respond-async' })
  const { id } = (await json(accepted.output)) as { id: string }
  const followed = send('GET', accepted.head()?.headers['location'] ?? '')
  expect(await json(followed.output)).toMatchObject({ id })
})

it('the Lambda handler ends a response without a body', async () => {
  const { output, head } = send('OPTIONS', runs)
  expect(await text(output)).toBe('')
  expect(head()).toMatchObject({ statusCode: 204 })
})

it('the Lambda handler cancels the stream when its output is destroyed', async () => {
  const body = { message: 'slowly', stream: true, cancelOnDisconnect: true }
  const { output, head, done } = send('POST', runs, body)
  for await (const [chunk] of on(output, 'data')) if (String(chunk).includes('One moment')) break
  output.destroy() // while the adapter waits for the next event
  await expect(done).rejects.toThrow('Premature close')
  await expect
    .poll(() => json(send('GET', head()?.headers['location'] ?? '').output))
    .toMatchObject({ status: 'cancelled' })
})
