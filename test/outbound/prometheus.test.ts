import { describe, expect, it } from 'vitest'
import { telemetry } from '../../src/telemetry.ts'
import { webhooks } from '../../src/webhooks.ts'
import { storeKinds } from '../support/stores.ts'
import { createTestStudio, eventually, restartStudio } from '../support/studio.ts'

const usage = { inputTokens: 10, outputTokens: 4 }
const turns = Array.from({ length: 10 }, () => ['ok', { usage }])
const allow = ['metrics'] as const

describe.each(storeKinds)('GET /metrics on $name', (store) => {
  it('runs, tokens and durations are counted once between the instances', async () => {
    const options = { turns, allow, telemetry: telemetry() }
    const one = await createTestStudio({ ...options, store })
    const two = await restartStudio(one, { ...options, telemetry: telemetry() })
    for (let count = 0; count < 3; count++) {
      await one.run('x')
      await two.run('x')
    }
    const read = async (studio: typeof one) => (await studio.send('GET', '/metrics', {})).text()
    const sum = (texts: readonly string[], pattern: RegExp) =>
      texts.reduce((total, text) => total + Number(pattern.exec(text)?.[1] ?? 0), 0)
    await eventually(async () => {
      await Promise.all([one.studio.tick(), two.studio.tick()])
      const texts = await Promise.all([read(one), read(two)])
      const ended = /^fetch_studio_runs_ended_total\{agent="support",status="succeeded"\} (\d+)$/m
      expect(sum(texts, ended)).toBe(6)
      const tokens = /^fetch_studio_tokens_total\{agent="support",type="input"\} (\d+)$/m
      expect(sum(texts, tokens)).toBe(60)
      const durations =
        /^fetch_studio_run_duration_seconds_bucket\{agent="support",le="\+Inf"\} (\d+)$/m
      expect(sum(texts, durations)).toBe(6)
    })
    const response = await one.send('GET', '/metrics', {})
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const text = await response.text()
    expect(text).toMatch(/^fetch_studio_runs\{status="succeeded"\} 6$/m)
    expect(text).toMatch(/^fetch_studio_streams 0$/m)
    for (const line of text.trim().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/,
      )
    }
  })
})

describe('the capability metrics', () => {
  it('without allow there is no such endpoint, and with auth it needs the token', async () => {
    const open = await createTestStudio({ turns, telemetry: telemetry() })
    expect((await open.send('GET', '/metrics', {})).status).toBe(404)
    const secured = await createTestStudio({
      turns,
      allow,
      auth: { token: 't' },
      telemetry: telemetry(),
      webhooks: webhooks([]),
    })
    expect((await secured.send('GET', '/metrics', {})).status).toBe(401)
    expect((await secured.send('GET', '/webhooks/deliveries', {})).status).toBe(401)
    const headers = { authorization: 'Bearer t' }
    expect((await secured.send('GET', '/metrics', { headers })).status).toBe(200)
  })
})
