import { StudioError } from '../../../errors.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../../lib/options/known-keys.ts'
import { checkCount, checkDuration } from '../../../lib/options/numbers.ts'
import { blobsUnavailable } from '../failures.ts'
import { checkKey } from '../keys.ts'
import type { Blobs } from '../port.ts'
import { readListAnswer } from './list-answer.ts'
import { type S3Access, type S3Credentials, type S3Request, sendToBucket } from './send.ts'

/** Options of `s3Blobs`: where the bucket is, and how requests to it are signed and bounded. */
export interface S3BlobsOptions {
  /** Where the service is, without the bucket, such as `https://<account>.r2.cloudflarestorage.com`. */
  readonly endpoint: string | URL
  readonly bucket: string
  /** The region in the signatures. R2 has `auto`. @default 'us-east-1' */
  readonly region?: string
  /** The keys, or a function that is called for each request and returns the present ones. */
  readonly credentials: S3Credentials | (() => S3Credentials | Promise<S3Credentials>)
  /** The beginning of all keys, so that a bucket has room for others: each stores need their own. @default '' */
  readonly prefix?: string
  /** How long one request may take before it is repeated, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number
  /** The size of a blob above which it is neither written nor read, in bytes. @default 128 MiB */
  readonly maxBytes?: number
  /** Sends the requests. @default the `fetch` of the host */
  readonly fetch?: typeof globalThis.fetch
}

const knownOptions: KnownKeys<S3BlobsOptions> = {
  endpoint: true,
  bucket: true,
  region: true,
  credentials: true,
  prefix: true,
  timeoutMs: true,
  maxBytes: true,
  fetch: true,
}

/** No blob is longer: 512 MiB, about as long as a text can be. */
const mostBytes = 512 * 1_048_576

/**
 * Creates blobs in a bucket of S3, R2, MinIO or another service with the same interface, over `fetch`, by paths
 * (`<endpoint>/<bucket>/<key>`). It needs the package `aws4fetch`, which signs. A request is tried four times when the service
 * is away, answers 429 or 5xx, or cuts its answer; then the call rejects with `unavailable`, as it does at once when the
 * service refuses it. Errors name neither the bucket nor its address.
 *
 * @throws TypeError for an option that is unknown, missing or out of range.
 * @example
 * const bucket = s3Blobs({ endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1', bucket: 'runs', credentials })
 */
export function s3Blobs(options: S3BlobsOptions): Blobs {
  const { access, base, prefix } = readOptions(options)
  const send = (request: Omit<S3Request, 'signal'>, signal = new AbortController().signal) =>
    sendToBucket(access, { ...request, signal })
  const urlOf = (key: string) => {
    const path = `${prefix}${checkKey(key)}`.split('/').map(encodeURIComponent).join('/')
    return new URL(`${base.href}/${path}`)
  }
  return {
    async put(key, bytes, signal) {
      const url = urlOf(key)
      if (bytes.length > access.maxBytes) {
        throw new StudioError('payload_too_large', 'A payload is larger than a blob may be')
      }
      await send({ method: 'PUT', url, body: bytes }, signal)
    },
    get: async (key, signal) => send({ method: 'GET', url: urlOf(key) }, signal),
    async delete(keys, signal) {
      for (let start = 0; start < keys.length; start += deletedTogether) {
        const part = keys.slice(start, start + deletedTogether)
        await Promise.all(part.map((key) => send({ method: 'DELETE', url: urlOf(key) }, signal)))
      }
    },
    async list(keys, after, signal) {
      const url = new URL(base)
      url.search = new URLSearchParams({
        'list-type': '2',
        'max-keys': '1000',
        prefix: prefix + keys,
        ...(after === null ? {} : { 'start-after': prefix + after }),
      }).toString()
      const body = await send({ method: 'GET', url }, signal)
      const answer = body && readListAnswer(new TextDecoder().decode(body))
      if (!answer) throw blobsUnavailable('The bucket did not answer with a list')
      const items = answer.items.map(({ key, writtenAt }) => ({
        key: key.slice(prefix.length),
        writtenAt,
      }))
      return { items, next: answer.isTruncated ? (items.at(-1)?.key ?? null) : null }
    },
  }
}

const deletedTogether = 8

function readOptions(options: S3BlobsOptions) {
  refuseUnknownKeys('The options of s3Blobs', options, knownOptions)
  const { endpoint, bucket, credentials, prefix = '', region = 'us-east-1' } = options
  const place = URL.canParse(endpoint) ? new URL(endpoint) : null
  const isHttp = place?.protocol === 'http:' || place?.protocol === 'https:'
  if (!place || !isHttp || place.username || place.password || place.search || place.hash) {
    throw new TypeError('endpoint must be an absolute http or https URL without credentials')
  }
  if (typeof bucket !== 'string' || !/^[\w][\w.-]{0,254}$/.test(bucket)) {
    throw new TypeError('bucket must be the name of a bucket')
  }
  if (!/^(?:[\w%-]+\/)*$/.test(prefix)) {
    throw new TypeError(
      'prefix must be empty, or names of letters, digits, "-" and "_" that each end with "/"',
    )
  }
  const read = typeof credentials === 'function' ? credentials : () => credentials
  if (
    typeof credentials !== 'function' &&
    !(credentials?.accessKeyId && credentials.secretAccessKey)
  ) {
    throw new TypeError('credentials need accessKeyId and secretAccessKey')
  }
  const access: S3Access = {
    region,
    credentials: read,
    timeoutMs: checkDuration('timeoutMs', options.timeoutMs ?? 10_000),
    maxBytes: checkCount('maxBytes', options.maxBytes ?? 128 * 1_048_576, 1, mostBytes),
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  }
  const base = new URL(`${place.href.replace(/\/+$/, '')}/${bucket}`)
  return { access, base, prefix }
}
