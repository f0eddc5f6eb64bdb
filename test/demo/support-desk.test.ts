import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { resolveModel } from '../../examples/support-desk/model.ts'
import { defineAgent, Studio } from '../../src/index.ts'
import { readAllEvents, readEvents, withSupportDesk } from './support-desk.ts'

const desk = withSupportDesk()
const ask = async (message: string, options: object = {}) => {
  const path = '/agents/support-operations/runs'
  const response = await desk.post(path, { message, ...options })
  return (await response.json()) as {
    output: string
    usage: { inputTokens: number; outputTokens: number; totalTokens: number }
  }
}
const refunded = async (orderId: string) =>
  ((await (await desk.get(`/api/orders/${orderId}`)).json()) as { refundedCents: number })
    .refundedCents

describe('the rule-driven model', () => {
  it('the rule-driven model looks the order up in the database and says who answers', async () => {
    const { output } = await ask('Compare ord-1002 with ORD-1003, please.')

    expect(output).toMatch(/^Order ORD-1002 is shipped\. Grace Hopper ordered 1 × Office chair/)
    expect(output).toContain('Order ORD-1003 is delivered.')
    expect(output).toMatch(/This was the rule-driven demo model; .*\.$/)
  })

  it('the rule-driven model reports the failure of a tool', async () => {
    expect((await ask('Where is ORD-9999?')).output).toMatch(/There is no order ORD-9999/)
    expect((await ask('Where is ORD-1?')).output).toMatch(/must look like ORD-1001/)
  })

  it('the rule-driven model offers help for a greeting and asks for missing details', async () => {
    expect((await ask('Hello')).output).toMatch(/^I can look up an order/)
    expect((await ask('Refund 3 €, please')).output).toMatch(/^Which order/)
    expect((await ask('Refund ORD-1002')).output).toMatch(/^How many euros of ORD-1002/)
  })

  it('the rule-driven model counts tokens', async () => {
    const short = (await ask('Hello')).usage
    const long = (await ask(`Hello ${'again '.repeat(50)}`)).usage

    expect(long.inputTokens - short.inputTokens).toBe(50)
    expect(long.outputTokens).toBe(short.outputTokens)
    expect(short.totalTokens).toBe(short.inputTokens + short.outputTokens)
  })

  it('the rule-driven model streams word by word', async () => {
    const body = { message: 'Hello', stream: true }
    const response = await desk.post('/agents/support-operations/runs', body)
    const events = await readAllEvents(response)
    const words = events.filter(({ type }) => type === 'text_delta').map(({ delta }) => delta)

    expect(words.slice(0, 3)).toEqual(['I ', 'can ', 'look '])
    expect(words.join('')).toBe(events.at(-1)?.['output'])
  })
})

describe('a refund', () => {
  it('a refund up to 10 € needs no approval', async () => {
    expect((await ask('Refund 7,50 € of ORD-1004')).output).toMatch(
      /^I refunded 7\.50 € of ORD-1004; 15\.00 € are left\./,
    )
    expect(await refunded('ORD-1004')).toBe(750)
  })

  it('a refund above 10 € is not made without approval', async () => {
    const body = { message: 'Refund €100 of ORD-1001', stream: true }
    const response = await desk.post('/agents/support-operations/runs', body)
    let last: unknown
    for await (const event of readEvents(response)) {
      last = event['output']
      if (event.type !== 'tool_approval_request') continue
      const approval = event['approval'] as { id: string; reason: string }
      expect(approval.reason).toBe('Refund of 100.00 € for ORD-1001, over 10 €')
      await desk.post(`/approvals/${approval.id}/decision`, { approved: false })
    }

    expect(last).toContain('The refund was refused.')
    expect(await refunded('ORD-1001')).toBe(0)
  })

  it('refunds never exceed the payment, even when several run at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask('Refund 5 € of ORD-1004')),
    )
    const made = answers.filter(({ output }) => output.startsWith('I refunded'))

    expect(made).toHaveLength(3)
    expect(await refunded('ORD-1004')).toBe(2250)
  })
})

describe('with OPENAI_API_KEY', () => {
  it('OPENAI_API_KEY makes the demo call the provider at OPENAI_BASE_URL with the key and model of the environment', async () => {
    const asked: { key: string | undefined; url: string | undefined; body: string }[] = []
    const server = createServer(async (request, response) => {
      const body = (await request.setEncoding('utf8').toArray()).join('')
      asked.push({ key: request.headers.authorization, url: request.url, body })
      const message = { role: 'assistant', content: 'From the provider.' }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const model = resolveModel({
      OPENAI_API_KEY: 'key-of-a-test',
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      OPENAI_MODEL: 'local-model',
    })
    const studio = new Studio([defineAgent({ id: 'support', model })])
    const response = await studio.fetch(
      new Request('http://studio.test/agents/support/runs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'Hello' }),
      }),
    )

    expect(await response.json()).toMatchObject({ output: 'From the provider.' })
    expect(asked).toMatchObject([{ key: 'Bearer key-of-a-test', url: '/v1/chat/completions' }])
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ model: 'local-model' })
    await studio.close()
    server.close()
  })

  it('an empty OPENAI_API_KEY leaves the rule-driven model in place', () => {
    expect(resolveModel({ OPENAI_API_KEY: '' }).modelId).toBe('rule-driven-demo')
  })
})
