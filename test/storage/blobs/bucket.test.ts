import { describe, expect, it, onTestFinished } from 'vitest'
import { type Blobs, s3Blobs, type S3BlobsOptions } from '../../../src/blobs.ts'
import { StudioError } from '../../../src/index.ts'
import { readListAnswer } from '../../../src/storage/blobs/s3/list-answer.ts'
import { s3Credentials, startS3Server } from '../../support/s3-server.ts'

async function openBucket(options: Partial<S3BlobsOptions> = {}) {
  const server = await startS3Server('runs', options.region)
  onTestFinished(server.close)
  const { endpoint } = server
  const blobs = s3Blobs({ endpoint, bucket: 'runs', credentials: s3Credentials, ...options })
  return { server, blobs }
}

const bytes = new Uint8Array(200_000).fill(3)
const key = 'runs/a/1'

/** The error of each call of the blobs. */
async function failuresOf(blobs: Blobs): Promise<StudioError[]> {
  const calls = [
    blobs.put(key, bytes),
    blobs.get(key),
    blobs.delete([key]),
    blobs.list('runs/', null),
  ]
  const outcomes = await Promise.allSettled(calls)
  const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  if (reasons.length < calls.length) throw new Error('A call did not reject')
  return reasons as StudioError[]
}

function expectNoSecret(error: StudioError, endpoint: string): void {
  expect(error).toBeInstanceOf(StudioError)
  const cause = error.cause instanceof Error ? error.cause.message : ''
  const said = JSON.stringify([error.message, error.details, error.headers, cause])
  for (const secret of [s3Credentials.accessKeyId, s3Credentials.secretAccessKey, endpoint, key]) {
    expect(said).not.toContain(secret)
  }
}

describe('s3Blobs', () => {
  it('with wrong credentials is refused at once, in words without them', async () => {
    const credentials = { ...s3Credentials, secretAccessKey: 'wrong' }
    const { server, blobs } = await openBucket({ credentials })
    for (const error of await failuresOf(blobs)) {
      expect(error.code).toBe('unavailable')
      expect(error.message).toBe('The bucket refuses these credentials')
      expectNoSecret(error, server.endpoint)
    }
    expect(server.requests).toHaveLength(4)
    expect(server.objects.size).toBe(0)
  })

  it('signs for the region, and with what a function of credentials returns at the time', async () => {
    let secretAccessKey = 'old'
    const credentials = async () => ({ ...s3Credentials, secretAccessKey })
    const { blobs } = await openBucket({ region: 'eu-central-1', credentials })
    await expect(blobs.put(key, bytes)).rejects.toMatchObject({ code: 'unavailable' })
    secretAccessKey = s3Credentials.secretAccessKey
    await blobs.put(key, bytes)
    expect(await blobs.get(key)).toEqual(bytes)
  })

  it('repeats a request after 500, 503 and 429, and rejects after the fourth', async () => {
    const { server, blobs } = await openBucket()
    for (const status of [500, 503, 429]) {
      server.fail({ kind: 'error', status, times: 1 })
      await blobs.put(key, bytes)
      server.fail({ kind: 'error', status, times: 1 })
      expect(await blobs.get(key)).toEqual(bytes)
    }
    server.requests.length = 0
    server.fail({ kind: 'error', status: 503, times: 4 })
    const error = await blobs.get(key).catch((reason: unknown) => reason as StudioError)
    expect(error).toMatchObject({ code: 'unavailable', message: 'The bucket is not available' })
    expectNoSecret(error as StudioError, server.endpoint)
    expect(server.requests).toHaveLength(4)
  })

  it('does not take half a body for the whole: it asks again', async () => {
    const { server, blobs } = await openBucket()
    await blobs.put(key, bytes)
    server.fail({ kind: 'cut', times: 1 })
    expect(await blobs.get(key)).toEqual(bytes)
    server.fail({ kind: 'cut', times: 4 })
    await expect(blobs.get(key)).rejects.toMatchObject({ code: 'unavailable' })
    server.fail({ kind: 'cut', times: 1 })
    expect((await blobs.list('runs/', null)).items).toHaveLength(1)
  })

  it('gives a request up that is not answered in time, and asks again', async () => {
    const { server, blobs } = await openBucket({ timeoutMs: 300 })
    server.fail({ kind: 'silent', times: 1 })
    await blobs.put(key, bytes)
    server.fail({ kind: 'silent', times: 4 })
    const error = await blobs.get(key).catch((reason: unknown) => reason as StudioError)
    expect(error).toMatchObject({ message: 'The bucket does not answer in time' })
    expectNoSecret(error as StudioError, server.endpoint)
  })

  it('ends with the signal of its caller', async () => {
    const { server, blobs } = await openBucket()
    server.fail({ kind: 'silent', times: 1 })
    const signal = AbortSignal.timeout(50)
    await expect(blobs.get(key, signal)).rejects.toMatchObject({ code: 'unavailable' })
    expect(server.requests.length).toBeLessThanOrEqual(1)
  })

  it('knows a bucket that does not exist from an object that does not', async () => {
    const { blobs } = await openBucket({ bucket: 'other' })
    for (const { message } of await failuresOf(blobs)) {
      expect(message).toBe('The bucket does not exist')
    }
  })

  it('that nobody serves is unavailable', async () => {
    const { server, blobs } = await openBucket()
    await server.close()
    for (const error of await failuresOf(blobs)) {
      expect(error.code).toBe('unavailable')
      expect(error.message).toBe('The bucket does not answer')
    }
  })

  it('neither writes nor reads more bytes than it may', async () => {
    const { server, blobs } = await openBucket({ maxBytes: bytes.length - 1 })
    await expect(blobs.put(key, bytes)).rejects.toMatchObject({ code: 'payload_too_large' })
    expect(server.requests).toEqual([])
    server.objects.set(key, Buffer.from(bytes))
    await expect(blobs.get(key)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('lists more objects than one answer has, below its prefix alone', async () => {
    const { server, blobs } = await openBucket({ prefix: 'ours/' })
    for (let count = 0; count < 250; count++) {
      server.objects.set(`ours/runs/r${count % 7}/${count}`, Buffer.from('x'))
      server.objects.set(`theirs/runs/r${count % 7}/${count}`, Buffer.from('x'))
    }
    const keys: string[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<Blobs['list']>> = await blobs.list('runs/', after)
      keys.push(...page.items.map((item) => item.key))
      after = page.next
    } while (after !== null)
    expect(keys).toHaveLength(250)
    expect(new Set(keys).size).toBe(250)
    expect(keys.every((name) => /^runs\/r\d\/\d+$/.test(name))).toBe(true)
  })

  it.each([
    [{ endpoint: 'nowhere' }, 'endpoint'],
    [{ endpoint: 'https://user:pass@s3.test' }, 'endpoint'],
    [{ endpoint: 'ftp://s3.test' }, 'endpoint'],
    [{ bucket: '../up' }, 'bucket'],
    [{ bucket: 'a/b' }, 'bucket'],
    [{ prefix: 'a' }, 'prefix'],
    [{ prefix: '../' }, 'prefix'],
    [{ credentials: { accessKeyId: '', secretAccessKey: 'x' } }, 'accessKeyId'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ maxBytes: 0 }, 'maxBytes'],
    [{ buckets: 'x' }, 'bucket'],
  ])('refuses the options %o', (options, named) => {
    const given = { endpoint: 'https://s3.test', bucket: 'runs', credentials: s3Credentials }
    const open = () => s3Blobs({ ...given, ...options } as S3BlobsOptions)
    expect(open).toThrow(TypeError)
    expect(open).toThrow(named)
  })
})

describe('the answer to a list', () => {
  const item = (key: string) =>
    `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`
  const answer = (body: string) =>
    `<ListBucketResult xmlns="x"><IsTruncated>false</IsTruncated>${body}</ListBucketResult>`

  it('has the keys with their entities', () => {
    const read = readListAnswer(answer(item('a&amp;b&#39;&#x43;') + item('c')))
    expect(read?.items.map(({ key: name }) => name)).toEqual(["a&b'C", 'c'])
    expect(read?.isTruncated).toBe(false)
  })

  it.each([
    ['half of it', answer(item('a')).slice(0, 100)],
    ['another document', '<html></html>'],
    ['no text', ''],
    ['an object without a time', answer('<Contents><Key>a</Key></Contents>')],
    ['no word about its end', `<ListBucketResult>${item('a')}</ListBucketResult>`],
  ])('is none when it is %s', (_, xml) => {
    expect(readListAnswer(xml)).toBeNull()
  })
})
