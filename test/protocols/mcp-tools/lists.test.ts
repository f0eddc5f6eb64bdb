import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { describe, expect, it } from 'vitest'
import { mcpTools } from '../../../src/protocols.ts'
import { connectServer, listed } from './tool-server.ts'

const readOnly = { annotations: { readOnlyHint: true } }

describe('the list of a server', () => {
  it('the tools of a server become tools with its descriptions and schemas, sorted by name', async () => {
    const inputSchema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { id: { type: 'string', pattern: '^[a-z]+$' } },
      required: ['id'],
    }
    const { client } = await connectServer([
      listed('write', { title: 'Write', description: undefined }),
      listed('find', { inputSchema }),
    ])
    const tools = await mcpTools(client)
    expect(tools.map(({ name, description }) => [name, description])).toEqual([
      ['find', 'Does find.'],
      ['write', 'Write'],
    ])
    const { $schema: _, ...described } = inputSchema
    expect(await tools[0]?.describeInput()).toEqual(described) // with the pattern, which is not run here
    expect(await tools[0]?.parseInput({})).toMatchObject({ ok: false, faults: [{ path: 'id' }] })
    expect(await tools[0]?.parseInput({ id: 'A', more: 1 })).toEqual({
      ok: true,
      value: { id: 'A', more: 1 },
    })
  })

  it.each([['2026-07-28'], ['2025-11-25']])('a server of %s lists its tools', async (revision) => {
    const { client } = await connectServer([listed('a')], undefined, { revision })
    expect((await mcpTools(client)).map(({ name }) => name)).toEqual(['a'])
  })

  it('names are made valid and unique, whatever the order of the list is', async () => {
    const long = 'x'.repeat(80)
    const names = ['a.b', 'a_b', 'a/b', long, `${long}y`, 'größe']
    const expected = ['crm_a_b', 'crm_a_b_2', 'crm_a_b_3', 'crm_gr__e']
    for (const order of [names, [...names].reverse()]) {
      const { client, server } = await connectServer(order.map((name) => listed(name)))
      const tools = await mcpTools(client, { prefix: 'crm', approval: () => false })
      expect(tools.map(({ name }) => name)).toEqual(
        [...expected, `crm_${'x'.repeat(60)}`, `crm_${'x'.repeat(58)}_2`].sort(),
      )
      const signal = new AbortController().signal
      for (const tool of tools) {
        const values = await tool.execute({}, { signal } as never)
        for await (const _ of values as AsyncIterable<unknown>);
      }
      expect(server.calls.map(({ name }) => name)).toEqual(
        // the name that is valid as it is keeps it
        expect.arrayContaining(['a_b', 'a.b', 'a/b', long, `${long}y`, 'größe']),
      )
      expect(server.calls[0]?.name).toBe('a_b')
    }
  })

  it('include and exclude choose tools by the names of the server', async () => {
    const { client } = await connectServer(['a.x', 'b', 'c'].map((name) => listed(name)))
    const namesOf = async (options: object) =>
      (await mcpTools(client, options)).map(({ name }) => name)
    expect(await namesOf({ include: ['a.x', 'c'] })).toEqual(['a_x', 'c'])
    expect(await namesOf({ exclude: ['a.x', 'unknown'] })).toEqual(['b', 'c'])
    await expect(namesOf({ include: ['b', 'typo'] })).rejects.toThrow('no tool "typo"')
  })

  it('every tool needs approval unless the hints of its server are trusted', async () => {
    const { client } = await connectServer([
      listed('destroy', { annotations: { destructiveHint: true } }),
      listed('plain'),
      listed('read', readOnly),
      listed('repeat', { annotations: { idempotentHint: true } }),
    ])
    const show = async (options: object) =>
      (await mcpTools(client, options)).map(({ name, approval, idempotent, onUnknown }) => {
        return [name, approval !== null, idempotent, onUnknown]
      })
    const asked = [
      ['destroy', true, false, 'fail'],
      ['plain', true, false, 'fail'],
      ['read', true, false, 'fail'],
      ['repeat', true, false, 'fail'],
    ]
    expect(await show({})).toEqual(asked)
    expect(await show({ trust: 'none' })).toEqual(asked)
    expect(await show({ trust: 'annotations' })).toEqual([
      ['destroy', true, false, 'fail'],
      ['plain', true, false, 'fail'],
      ['read', false, true, 'retry'],
      ['repeat', true, true, 'retry'],
    ])
    const approval = ({ name }: { name: string }) => name === 'read'
    expect((await show({ approval })).map(([, needed]) => needed)).toEqual([
      false,
      false,
      true,
      false,
    ])
  })
})

describe('a hostile list', () => {
  const recursive = {
    type: 'object',
    properties: { child: { $ref: '#/$defs/node' } },
    $defs: { node: { type: 'object', properties: { child: { $ref: '#/$defs/node' } } } },
  }
  const hostile = [
    listed('recursive', { inputSchema: recursive }),
    listed('huge', { inputSchema: { type: 'object', title: 'x'.repeat(70_000) } }),
    listed('unknown_keyword', { inputSchema: { type: 'object', not: { required: ['a'] } } }),
  ]

  it('tools that cannot be used are refused together, by name and reason', async () => {
    const { client } = await connectServer([...hostile, listed('good')])
    await expect(mcpTools(client)).rejects.toThrow(
      /"huge": its schema has more than 65536 bytes; "recursive": .* contains itself.*; "unknown_keyword": its schema cannot be used/,
    )
  })

  it('tools that cannot be used are left out when somebody hears of them', async () => {
    const { client } = await connectServer([...hostile, listed('good')])
    const skipped: string[] = []
    const tools = await mcpTools(client, { onSkip: ({ name }) => skipped.push(name) })
    expect(tools.map(({ name }) => name)).toEqual(['good'])
    expect(skipped).toEqual(['huge', 'recursive', 'unknown_keyword'])
  })

  it('a tool that runs only as a task is left out', async () => {
    const task = listed('task', { execution: { taskSupport: 'required' } })
    const { client } = await connectServer([task], undefined, { revision: '2025-11-25' })
    await expect(mcpTools(client)).rejects.toThrow('"task": it runs only as a task')
  })

  it('a regular expression that never ends is not run', async () => {
    const inputSchema = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' } },
    }
    const { client } = await connectServer([listed('slow', { inputSchema })])
    const [tool] = await mcpTools(client)
    expect(await tool?.parseInput({ a: `${'a'.repeat(60)}!` })).toMatchObject({ ok: true })
  })

  it('more tools than maxTools are refused, and long descriptions are cut', async () => {
    const many = Array.from({ length: 129 }, (_, index) => listed(`t${index}`))
    const { client, server } = await connectServer(many)
    await expect(mcpTools(client)).rejects.toThrow('129 tools, more than 128')
    server.tools = [listed('wordy', { description: 'word '.repeat(10_000) })]
    const second = await connectServer(server.tools)
    const [tool] = await mcpTools(second.client, { maxDescription: 20 })
    expect(tool?.description).toBe(`${'word '.repeat(10_000).slice(0, 19)}…`)
  })

  it('a server that never lists its tools is given up after timeoutMs', async () => {
    const { client } = await connectServer([], undefined, {
      wrap: (send) => async (input, init) =>
        String(init?.body).includes('tools/list') ? new Promise(() => {}) : send(input, init),
    })
    await expect(mcpTools(client, { timeoutMs: 30 })).rejects.toThrow(
      'did not list its tools within 30 ms',
    )
  })

  it('options and clients that cannot be used are refused', async () => {
    const { client } = await connectServer([])
    const use = (options: object) => mcpTools(client, options)
    await expect(use({ prefix: 'a b' })).rejects.toThrow('prefix')
    await expect(use({ timeout: 5 })).rejects.toThrow('did you mean timeoutMs?')
    await expect(use({ trust: 'all' })).rejects.toThrow('trust')
    await expect(use({ maxResultBytes: 0 })).rejects.toThrow('maxResultBytes')
    const other = new Client1({ name: 'test', version: '1.0.0' })
    await expect(mcpTools(other as never)).rejects.toThrow('@modelcontextprotocol/client 2')
  })
})
