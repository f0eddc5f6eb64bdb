import type * as signing from 'aws4fetch'
import { StudioError } from '../../../errors.ts'
import { sha256 } from '../../../lib/checksum.ts'
import { withDeadline } from '../../../lib/deadline.ts'
import { sleep } from '../../../lib/timer.ts'
import { blobsUnavailable } from '../failures.ts'
import { readErrorCode } from './list-answer.ts'

/** The keys with which requests are signed. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** With temporary keys. @default none */
  readonly sessionToken?: string
}

/** What a request needs of its bucket. */
export interface S3Access {
  readonly region: string
  readonly credentials: () => S3Credentials | Promise<S3Credentials>
  readonly timeoutMs: number
  /** An answer with more bytes is refused. */
  readonly maxBytes: number
  readonly fetch: typeof globalThis.fetch
}

/** One request. Any of them may be repeated. */
export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly body?: Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
}

type Signer = typeof signing.AwsV4Signer

/** The body of a good answer; null when the bucket has no such object. */
type Answer = Uint8Array<ArrayBuffer> | null

const mostAttempts = 4
const firstDelayMs = 100

/**
 * Sends a signed request, and again after an answer of 429 or 5xx, a lost connection or a cut body.
 *
 * @see docs/decisions/248-aws4fetch-signs.md
 */
export async function sendToBucket(access: S3Access, request: S3Request): Promise<Answer> {
  const { AwsV4Signer } = await loadPackage()
  for (let attempt = 1, delayMs = firstDelayMs; ; attempt++, delayMs *= 3) {
    try {
      return await sendOnce(AwsV4Signer, access, request)
    } catch (error) {
      const isFinal = error instanceof StudioError && !retried.has(error)
      if (isFinal || attempt === mostAttempts || request.signal.aborted) throw toSafe(error)
      // half of the pause is random, so that many instances do not come back at the same moment
      await sleep(delayMs * (0.5 + Math.random()), request.signal)
    }
  }
}

/** Errors after which the same request may succeed. */
const retried = new WeakSet<object>()

function again(error: StudioError): StudioError {
  retried.add(error)
  return error
}

function toSafe(error: unknown): StudioError {
  return error instanceof StudioError
    ? error
    : blobsUnavailable('The bucket does not answer', error)
}

async function sendOnce(Signer: Signer, access: S3Access, request: S3Request): Promise<Answer> {
  const late = () => again(blobsUnavailable('The bucket does not answer in time'))
  return withDeadline(access.timeoutMs, late, async (deadline) => {
    const signal = AbortSignal.any([deadline, request.signal])
    const { url, ...signed } = await sign(Signer, access, request)
    const response = await access.fetch(url, { ...signed, signal, redirect: 'manual' })
    const body = await readBytes(response, access.maxBytes)
    if (response.ok) return body
    throw response.status === 404 ? toMissing(body) : toRefusal(response.status, body)
  }).catch((error: unknown) => {
    if (error === missing) return null
    throw error
  })
}

async function sign(Signer: Signer, access: S3Access, { method, url, body }: S3Request) {
  const { accessKeyId, secretAccessKey, sessionToken } = await access.credentials()
  const signer = new Signer({
    method,
    url: url.href,
    headers: { 'x-amz-content-sha256': await sha256(body ?? '') },
    service: 's3',
    region: access.region,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  })
  const { headers } = await signer.sign()
  return { method, url: signer.url.href, headers, ...(body ? { body } : {}) }
}

const missing = new StudioError('not_found', 'The bucket has no such object')

function toMissing(body: Uint8Array): StudioError {
  const code = codeIn(body)
  return code === 'NoSuchBucket' ? blobsUnavailable('The bucket does not exist') : missing
}

function toRefusal(status: number, body: Uint8Array): StudioError {
  const cause = new Error(`The bucket answered ${status} ${codeIn(body) ?? ''}`.trim())
  if (status === 429 || status >= 500) {
    return again(blobsUnavailable('The bucket is not available', cause))
  }
  return blobsUnavailable(
    status === 401 || status === 403
      ? 'The bucket refuses these credentials'
      : 'The bucket refuses this request',
    cause,
  )
}

function codeIn(body: Uint8Array): string | null {
  return readErrorCode(new TextDecoder().decode(body.subarray(0, 4_096)))
}

/** Reads a body that is no longer than `maxBytes`, and no shorter than it says. */
async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined)
      throw blobsUnavailable('The bucket answered with more bytes than it may')
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

// a name that no bundler follows: only those who use a bucket have the package
const packageName: string = 'aws4fetch'

async function loadPackage(): Promise<typeof signing> {
  try {
    return (await import(packageName)) as typeof signing
  } catch (cause) {
    throw new TypeError(`s3Blobs needs the package ${packageName}: npm install ${packageName}`, {
      cause,
    })
  }
}
