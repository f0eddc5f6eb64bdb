import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sign } from 'aws4'

/** What the server does to the next requests. */
export interface S3Fault {
  /** `error`: answers with this status. `cut`: ends the body early. `silent`: never answers. */
  readonly kind: 'error' | 'cut' | 'silent'
  readonly status?: number
  /** To how many requests. */
  readonly times: number
}

/** The keys that the server accepts. */
export const s3Credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret of the test' }

/** How many objects one answer lists at most. */
const pageSize = 100

/**
 * Starts a server with the interface of S3: one bucket, in memory. It computes each signature again with the package `aws4`
 * and refuses what differs, and bodies that are not the signed ones.
 */
export async function startS3Server(bucket = 'runs', region = 'us-east-1') {
  const objects = new Map<string, Buffer>()
  const requests: string[] = []
  let fault: S3Fault = { kind: 'error', times: 0 }
  const takeFault = () => {
    if (fault.times === 0) return null
    fault = { ...fault, times: fault.times - 1 }
    return fault
  }
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      requests.push(`${request.method} ${request.url}`)
      const problem = takeFault()
      if (problem?.kind === 'silent') return
      if (problem?.kind === 'error') {
        return refuse(response, problem.status ?? 503, 'SlowDown')
      }
      const refusal = checkSignature(request, body, region)
      if (refusal) return refuse(response, 403, refusal)
      const answer = serve({ objects, bucket, request, body })
      if (problem?.kind === 'cut') return cut(response, answer.body)
      response.writeHead(answer.status, { 'content-length': answer.body.length }).end(answer.body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    fail(next: S3Fault) {
      fault = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code><AWSAccessKeyId>AKIDTEST</AWSAccessKeyId></Error>`)
}

function cut(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-length': body.length })
  response.write(body.subarray(0, body.length / 2), () => response.destroy())
}

function checkSignature(request: IncomingMessage, body: Buffer, region: string): string | null {
  const { authorization = '', host = '' } = request.headers
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(authorization) ?? []
  const signed = names.split(';')
  const headers = Object.fromEntries(
    signed.map((name) => [name, String(request.headers[name] ?? '')]),
  )
  if (!signed.includes('host') || !signed.includes('x-amz-content-sha256')) return 'AccessDenied'
  const expected = sign(
    { service: 's3', region, host, method: request.method ?? '', path: request.url ?? '', headers },
    s3Credentials,
  )
  const hash = createHash('sha256').update(body).digest('hex')
  if (hash !== request.headers['x-amz-content-sha256']) return 'XAmzContentSHA256Mismatch'
  const signature = (text: unknown) => /Signature=([0-9a-f]{64})/.exec(String(text))?.[1]
  const isEqual = signature(expected.headers?.['Authorization']) === signature(authorization)
  return isEqual && signature(authorization) ? null : 'SignatureDoesNotMatch'
}

interface Asked {
  readonly objects: Map<string, Buffer>
  readonly bucket: string
  readonly request: IncomingMessage
  readonly body: Buffer
}

interface Answered {
  readonly status: number
  readonly body: Buffer
}

function serve({ objects, bucket, request, body }: Asked): Answered {
  const url = new URL(request.url ?? '', 'http://s3.test')
  const [, name, ...rest] = url.pathname.split('/').map(decodeURIComponent)
  const key = rest.join('/')
  if (name !== bucket) return error(404, 'NoSuchBucket')
  if (request.method === 'PUT') {
    objects.set(key, body)
    return { status: 200, body: Buffer.alloc(0) }
  }
  if (request.method === 'DELETE') {
    objects.delete(key)
    return { status: 204, body: Buffer.alloc(0) }
  }
  if (key === '') return list(objects, url.searchParams)
  const found = objects.get(key)
  return found ? { status: 200, body: found } : error(404, 'NoSuchKey')
}

const error = (status: number, code: string): Answered => {
  return { status, body: Buffer.from(`<Error><Code>${code}</Code></Error>`) }
}

function list(objects: Map<string, Buffer>, query: URLSearchParams): Answered {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('start-after') ?? ''
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, Math.min(pageSize, Number(query.get('max-keys'))))
  const contents = page.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>${new Date().toISOString()}</LastModified></Contents>`,
  )
  const xml = `<?xml version="1.0"?><ListBucketResult><IsTruncated>${page.length < keys.length}</IsTruncated>${contents.join('')}</ListBucketResult>`
  return { status: 200, body: Buffer.from(xml) }
}
