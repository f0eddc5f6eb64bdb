import { describe, expect, it } from 'vitest'
import { memoryStores } from '../../src/index.ts'
import { telemetry } from '../../src/telemetry.ts'
import { metricsOf, spansOf } from '../support/otlp.ts'
import { startSink } from '../support/sink.ts'
import { storeKinds } from '../support/stores.ts'
import { createTestStudio, eventually, restartStudio } from '../support/studio.ts'

const echo = () => 'ok'
const turns = Array.from({ length: 40 }, () => echo)
const otlp = (url: string) => telemetry({ otlp: { url, headers: { 'X-Key': 'k' } } })

describe.each(storeKinds)('the export on $name', (store) => {
  it('a collector that is away for an hour gets every run once it is back, and runs do not wait', async () => {
    const sink = await startSink(() => ({ status: 503 }))
    const studio = await createTestStudio({ store, turns, telemetry: otlp(sink.url) })
    for (let count = 0; count < 30; count++) {
      expect(await studio.run('x')).toMatchObject({ status: 200 })
    }
    await studio.studio.tick()
    for (let minute = 0; minute < 60; minute++) {
      studio.clock.advance(60_000)
      await studio.studio.tick()
    }
    const refused = sink.received.length
    expect(refused).toBeLessThan(150) // at most one request at a time, with pauses
    expect(studio.failures).toHaveLength(1)
    sink.answerWith(() => ({ status: 200 }))
    await eventually(async () => {
      studio.clock.advance(60_000)
      await studio.studio.tick()
      const accepted = spansOf(sink.received.slice(refused))
      expect(new Set(accepted.map(({ traceId }) => traceId)).size).toBe(30)
      expect(accepted).toHaveLength(60)
    })
    expect(await studio.stores.outbox?.count('otlp')).toEqual(
      studio.stores.outbox ? { pending: 0, dead: 0 } : undefined,
    )
    expect(sink.received[0]?.headers).toMatchObject({
      'x-key': 'k',
      'content-type': 'application/json',
    })
  })

  it('two instances export each run once', async () => {
    const sink = await startSink()
    const one = await createTestStudio({ store, turns, telemetry: otlp(sink.url) })
    const two = await restartStudio(one, { turns, telemetry: otlp(sink.url) })
    await Promise.all([...Array(10)].flatMap(() => [one.run('x'), two.run('y')]))
    await eventually(async () => {
      await Promise.all([one.studio.tick(), two.studio.tick()])
      expect(spansOf(sink.received).length).toBeGreaterThanOrEqual(40)
    })
    await Promise.all([one.studio.tick(), two.studio.tick()])
    const ids = spansOf(sink.received).map(({ spanId }) => spanId)
    expect(ids).toHaveLength(40)
    expect(new Set(ids).size).toBe(40)
  })

  it('runs that a collector refuses for good are dropped after some attempts and reported', async () => {
    const sink = await startSink(() => ({ status: 400, body: 'secret text of the collector' }))
    const { run, studio, clock, failures } = await createTestStudio({
      store,
      turns,
      telemetry: otlp(sink.url),
    })
    const { body } = await run('x')
    const { runId } = body as { runId: string }
    await eventually(async () => {
      clock.advance(3_600_000)
      await studio.tick()
      expect(String(failures.at(-1))).toContain('dropped')
    })
    expect(sink.at('/v1/traces')).toHaveLength(4)
    expect(String(failures.at(-1))).toContain(runId)
    expect(failures.join()).not.toContain('secret')
    expect(failures).toHaveLength(2)
    clock.advance(86_400_000)
    await studio.tick()
    expect(sink.received).toHaveLength(4)
  })

  it('a run that is refused does not hold back the others', async () => {
    const sink = await startSink(({ text }) => ({ status: text.includes('poison') ? 400 : 200 }))
    const reporter = telemetry({ otlp: { url: sink.url, metrics: false }, content: 'full' })
    const studio = await createTestStudio({ store, turns, telemetry: reporter })
    for (const message of ['a', 'poison', 'b']) await studio.run(message)
    await eventually(async () => {
      studio.clock.advance(600_000)
      await studio.studio.tick()
      expect(String(studio.failures.at(-1))).toContain('1 runs were dropped')
    })
    const accepted = sink.received.filter(({ text }) => !text.includes('poison'))
    expect(new Set(spansOf(accepted).map(({ traceId }) => traceId)).size).toBe(2)
  })
})

describe('what collectors answer', () => {
  it('a partial success is reported and not repeated', async () => {
    const partial = { partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } }
    const sink = await startSink(() => ({ status: 200, body: JSON.stringify(partial) }))
    const { run, studio, clock, failures } = await createTestStudio({
      turns,
      telemetry: otlp(sink.url),
    })
    await run('x')
    await eventually(async () => expect(failures).toHaveLength(1))
    expect(String(failures[0])).toContain('rejectedSpans 2')
    clock.advance(3_600_000)
    await studio.tick()
    expect(sink.at('/v1/traces')).toHaveLength(1)
  })

  it('a collector without metrics gets spans, and no more metrics', async () => {
    const sink = await startSink(({ path }) => ({ status: path === '/v1/metrics' ? 404 : 200 }))
    const { run, studio, failures } = await createTestStudio({ turns, telemetry: otlp(sink.url) })
    for (let count = 1; count <= 3; count++) {
      await run('x')
      await studio.tick()
      await eventually(async () => expect(spansOf(sink.received)).toHaveLength(count * 2))
    }
    expect(metricsOf(sink.received)).not.toEqual([])
    expect(sink.at('/v1/metrics')).toHaveLength(1)
    expect(String(failures)).toContain('takes no metrics')
  })

  it.each([301, 302, 307])('a redirect with %d is not followed', async (status) => {
    const other = await startSink()
    const sink = await startSink(() => ({
      status,
      headers: { location: `${other.url}/v1/traces` },
    }))
    const { run, failures } = await createTestStudio({ turns, telemetry: otlp(sink.url) })
    await run('x')
    await eventually(async () => expect(failures).not.toEqual([]))
    expect(other.received).toEqual([])
  })

  it('the log gets one object for each fact, without contents', async () => {
    const records: unknown[] = []
    const log = (record: object) => {
      records.push(record)
      throw new Error('a logger that fails')
    }
    const { run, failures, clock } = await createTestStudio({
      turns,
      telemetry: telemetry({ log }),
    })
    const { body } = await run('x')
    await eventually(async () => expect(records).toHaveLength(1))
    expect(records[0]).toMatchObject({
      time: new Date(clock.now()).toISOString(),
      level: 'info',
      event: 'run.ended',
      runId: (body as { runId: string }).runId,
      agentId: 'support',
      status: 'succeeded',
      durationMs: 0,
      turns: 1,
    })
    await eventually(async () => expect(String(failures)).toContain('a logger that fails'))
  })
})

describe('options of telemetry', () => {
  it.each([
    [{ otlp: { url: 'ftp://x' } }, 'otlp.url'],
    [{ otlp: { url: '/relative' } }, 'otlp.url'],
    [{ otlp: { url: 'http://user:pw@host' } }, 'otlp.url'],
    [{ otlp: { endpoint: 'http://x' } }, 'url'],
    [{ content: 'some' }, 'content'],
    [{ log: 'console' }, 'log'],
    [{ colour: 'red' }, 'colour'],
  ])('%j is refused', (options, name) => {
    expect(() => telemetry(options as never)).toThrow(name)
    expect(() => telemetry(options as never)).toThrow(TypeError)
  })

  it('stores without an outbox are refused at the start', async () => {
    const { kind: _kind, ...stores } = memoryStores()
    const making = createTestStudio({ stores, telemetry: otlp('http://127.0.0.1:1') })
    await expect(making).rejects.toThrow('telemetry needs stores with an outbox')
  })
})
