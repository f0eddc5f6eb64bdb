import { describe, expect, it } from 'vitest'
import { mcpTools, type McpToolsOptions } from '../../../src/protocols.ts'
import { createGate, toolCall } from '../../support/agents.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { connectServer, listed, type ToolServer } from './tool-server.ts'

const text = (value: string) => ({ type: 'text', text: value })
interface ToolMessage {
  readonly content: readonly {
    readonly output: { readonly type: string; readonly value: unknown }
  }[]
}
const free: McpToolsOptions = { approval: () => false }

/** A studio whose agent has the tool `work` of a server and calls it once. */
async function createDesk(answer: ToolServer['answer'], options = free, more = {}) {
  const { client, server } = await connectServer([listed('work', more)], answer)
  const tools = await mcpTools(client, options)
  const turns = [[toolCall('work', { a: 1 }, 'c1')], 'Said.']
  const studio = await createTestStudio({ tools, turns })
  const toolResult = () => {
    const message = studio.model.calls[1]?.prompt.at(-1) as ToolMessage | undefined
    return message?.content[0]?.output
  }
  return { client, server, studio, toolResult }
}

describe('a call', () => {
  it('a call reaches the server with its arguments and the trace, and the model reads the text', async () => {
    const { server, studio, toolResult } = await createDesk(() => ({ content: [text('42')] }))
    expect(await studio.run('Go')).toMatchObject({ status: 200, body: { output: 'Said.' } })
    expect(server.calls[0]).toMatchObject({ name: 'work', args: { a: 1 } })
    expect(server.calls[0]?.meta['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-/)
    expect(toolResult()).toEqual({ type: 'text', value: '42' })
  })

  it('a call that needs approval reaches the server after a person approved it', async () => {
    const { server, studio } = await createDesk(() => ({ content: [] }), {})
    const id = await studio.startRun('Go')
    const [approval = ''] = await studio.pendingApprovals()
    expect(server.calls).toEqual([])
    await studio.decide(approval, { approved: true, input: { a: 2 } })
    await studio.runIn(id, 'succeeded')
    expect(server.calls.map(({ args }) => args)).toEqual([{ a: 2 }])
  })

  it('arguments that do not fit the schema of the server never reach it', async () => {
    const inputSchema = { type: 'object', properties: { a: { type: 'string' } } }
    const { server, studio, toolResult } = await createDesk(() => ({}), free, { inputSchema })
    await studio.run('Go')
    expect(server.calls).toEqual([])
    expect(JSON.stringify(toolResult())).toContain('InvalidInputError: a:')
  })

  it('reports of a call are progress of the tool', async () => {
    const { studio } = await createDesk(async ({ report }) => {
      await report(1, 'begun')
      await report(10, 'x'.repeat(5_000))
      return { content: [text('ok')] }
    })
    const id = await studio.startRun('Go')
    await studio.runIn(id, 'succeeded')
    const path = `/runs/${id}/events?types=tool_progress`
    const shown = await (await studio.send('GET', path, {})).text()
    expect(shown).toContain('{"progress":10,"total":10,"message":"x')
    expect(shown).not.toContain('x'.repeat(1_001))
  })

  it('cancelling a run aborts the call at the server', async () => {
    const begun = createGate()
    const { server, studio } = await createDesk(() => {
      begun.open()
      return new Promise(() => {})
    })
    const id = await studio.startRun('Go')
    await begun.opened
    await studio.post(`/runs/${id}/cancel`)
    await studio.runIn(id, 'cancelled')
    await eventually(async () => expect(server.calls[0]?.signal.aborted).toBe(true))
  })
})

describe('a result', () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

  it('texts, images, resources and structured content are what the model reads', async () => {
    const content = [
      text('{"n": 1}'),
      { type: 'image', data: png, mimeType: 'image/png' },
      { type: 'image', data: 'AAAA', mimeType: 'image/png' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource_link', uri: 'file:///a.txt', name: 'a', description: 'The first.' },
      { type: 'resource', resource: { uri: 'file:///b.txt', text: 'inside' } },
      { type: 'resource', resource: { uri: 'file:///c.bin', blob: 'AAAA' } },
    ]
    const { studio, toolResult } = await createDesk(() => {
      return { content, structuredContent: { n: 1 } }
    })
    await studio.run('Go')
    const { value } = toolResult() as { value: Record<string, unknown>[] }
    expect(value.map((item) => item['text'] ?? item['mediaType'])).toEqual([
      '{"n": 1}',
      'image/png',
      '[an image of image/png: not shown]',
      '[audio of audio/wav: not shown]',
      'Resource: a file:///a.txt The first.',
      'inside',
      '[the resource file:///c.bin of application/octet-stream: not shown]',
    ])
  })

  it('structured content that no text repeats is added as JSON', async () => {
    const { studio, toolResult } = await createDesk(() => {
      return { content: [text('Found.')], structuredContent: { n: 1 } }
    })
    await studio.run('Go')
    expect(JSON.stringify(toolResult())).toContain(String.raw`{\"n\":1}`)
  })

  it('a huge result is cut at maxResultBytes, and the model reads how much is missing', async () => {
    const { studio, toolResult } = await createDesk(
      () => ({
        content: [text('é'.repeat(1_000_000)), ...Array.from({ length: 5_000 }, () => text('x'))],
      }),
      { ...free, maxResultBytes: 101 },
    )
    await studio.run('Go')
    const shown = JSON.stringify(toolResult())
    expect(shown).toContain('é'.repeat(50))
    expect(shown).not.toContain('é'.repeat(51))
    expect(shown).toMatch(/\[2,000,\d\d\d bytes of this result were left out\]/)
    expect(shown.length).toBeLessThan(1_000)
  })

  it('a result that is an error is an error for the model, without secrets', async () => {
    const { studio, toolResult } = await createDesk(() => {
      return { isError: true, content: [text('No access: password=hunter2secret')] }
    })
    await studio.run('Go')
    expect(toolResult()).toEqual({
      type: 'error-text',
      value: 'McpToolError: No access: password=[redacted]',
    })
  })
})

describe('a server that fails', () => {
  it('a tool that the server no longer has is an error for the model', async () => {
    const { studio, toolResult } = await createDesk(() => {
      throw Object.assign(new Error('Unknown tool'), { code: -32_602 })
    })
    await studio.run('Go')
    expect(JSON.stringify(toolResult())).toContain('McpError: The MCP server refused the request')
  })

  it('a server that never answers is given up after timeoutMs, and the run goes on', async () => {
    const { studio, toolResult } = await createDesk(() => new Promise(() => {}), {
      ...free,
      timeoutMs: 30,
    })
    expect(await studio.run('Go')).toMatchObject({ body: { output: 'Said.' } })
    expect(JSON.stringify(toolResult())).toContain('Tool work did not answer within 30 ms')
  })

  it('what a broken connection says of credentials reaches nobody', async () => {
    const { client } = await connectServer([listed('work')], undefined, {
      wrap: (send) => async (input, init) =>
        String(init?.body).includes('tools/call')
          ? new Response('denied for key topsecretvalue', { status: 500 })
          : send(input, init),
    })
    const tools = await mcpTools(client, free)
    const turns = [[toolCall('work', {}, 'c1')], 'Said.']
    const studio = await createTestStudio({ tools, turns })
    const id = await studio.startRun('Go')
    await studio.runIn(id, 'succeeded')
    const prompt = JSON.stringify(studio.model.calls[1]?.prompt)
    expect(prompt).toContain('McpError: The MCP server did not answer')
    const log = await (await studio.send('GET', `/runs/${id}/events`, {})).text()
    expect(log).toContain('McpError')
    expect(prompt + log).not.toContain('topsecretvalue')
    expect(studio.failures).toHaveLength(1)
  })

  it('a client that was closed is an error for the model', async () => {
    const { client, studio, toolResult } = await createDesk(() => ({ content: [] }))
    await client.close()
    await studio.run('Go')
    expect(JSON.stringify(toolResult())).toContain('McpError: The MCP server did not answer')
  })
})
