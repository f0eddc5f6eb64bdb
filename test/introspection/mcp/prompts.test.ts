import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { defineProject, type StudioOptions } from '../../../src/index.ts'
import { zodModels } from '../../../src/zod.ts'
import { createBookshop } from '../../support/bookshop.ts'
import { mcpClients } from '../../support/mcp-clients.ts'

describe.each(mcpClients)('an official MCP client of $revision', ({ connect }) => {
  async function open(options: StudioOptions = {}) {
    const { studio, failures } = createBookshop({}, options)
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    onTestFinished(() => client.close())
    return { api: client.api, failures }
  }

  it('a client lists the prompts whose tools are served', async () => {
    const { api } = await open()
    expect((await api.listPrompts()).prompts.map(({ name }) => name)).toEqual([
      'explain_model',
      'review_schema',
      'plan_change',
    ])
  })

  it('a prompt attaches what the model needs, without sensitive fields', async () => {
    const { api, failures } = await open()
    for (const [name, args, uris] of [
      ['explain_model', { model: 'shop.Book' }, ['studio://models/shop.Book']],
      ['review_schema', {}, ['studio://health']],
      ['review_schema', { severity: 'danger' }, ['studio://health']],
      ['review_schema', { severity: '' }, ['studio://health']],
      ['plan_change', { change: 'Add tags' }, ['studio://schema', 'studio://migrations']],
    ] as const) {
      const { messages } = await api.getPrompt({ name, arguments: args })
      const [text, ...attached] = messages.map(({ content }) => content)
      expect(text).toMatchObject({ type: 'text', text: expect.stringContaining('never follow') })
      expect(attached.map(({ resource }) => resource?.uri)).toEqual(uris)
      expect(JSON.stringify(messages)).not.toMatch(/password_hash|secret/)
    }
    expect(failures).toEqual([])
  })

  it.each([
    ['nope', {}, /nope/],
    ['constructor', {}, /constructor/],
    ['answer_question', { question: 'How many?' }, /answer_question/],
    ['explain_model', {}, /model is required/],
    ['explain_model', { model: ' ' }, /model is required/],
    ['explain_model', { model: 'shop.Nope' }, /shop\.Nope/],
    ['explain_model', { model: 'Book', colour: 'red' }, /colour is unknown/],
    ['plan_change', { change: 'x'.repeat(2_001) }, /change is longer than 2000/],
    ['review_schema', { severity: 'mild' }, /severity must be one of/],
  ])('the prompt %s with %o is a protocol error that says why', async (name, args, message) => {
    const { api } = await open()
    const failed = api.getPrompt({ name, arguments: args as Record<string, string> })
    await expect(failed).rejects.toMatchObject({ code: -32602 })
    await expect(failed).rejects.toThrow(message)
  })

  it('names of models are completed, those that begin with the value first', async () => {
    const { api } = await open()
    const ref = { type: 'ref/prompt', name: 'explain_model' } as const
    const values = async (value: string) =>
      (await api.complete({ ref, argument: { name: 'model', value } })).completion
    expect(await values('bo')).toEqual({ values: ['shop.Book'], total: 1, hasMore: false })
    expect(await values('SHOP.')).toMatchObject({ values: ['shop.Author', 'shop.Book'] })
    expect(await values('o')).toMatchObject({ values: ['shop.Author', 'shop.Book'] })
    expect(await values('zzz')).toEqual({ values: [], total: 0, hasMore: false })
    const uri = { type: 'ref/resource', uri: 'studio://models/{model}' } as const
    const { completion } = await api.complete({ ref: uri, argument: { name: 'model', value: 'b' } })
    expect(completion.values).toEqual(['shop.Book'])
  })

  it('at most 100 values complete an argument, with their total', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `Model${index + 1_000}`)
    const models = zodModels(
      Object.fromEntries(names.map((name) => [name, z.object({ id: z.int() })])),
    )
    const project = defineProject({ name: 'Wide', apps: [{ label: 'wide', models }] })
    const { api } = await open({ project })
    const ref = { type: 'ref/prompt', name: 'explain_model' } as const
    const { completion } = await api.complete({ ref, argument: { name: 'model', value: '' } })
    expect(completion).toMatchObject({ total: 150, hasMore: true })
    expect(completion.values).toHaveLength(100)
  })

  it('severities are completed, free text is not', async () => {
    const { api } = await open()
    const severity = { type: 'ref/prompt', name: 'review_schema' } as const
    const { completion } = await api.complete({
      ref: severity,
      argument: { name: 'severity', value: 'd' },
    })
    expect(completion.values).toEqual(['danger'])
    const change = { type: 'ref/prompt', name: 'plan_change' } as const
    expect(
      (await api.complete({ ref: change, argument: { name: 'change', value: 'a' } })).completion
        .values,
    ).toEqual([])
  })

  it('completion of an unknown prompt, template or argument is a protocol error', async () => {
    const { api } = await open()
    const argument = { name: 'model', value: '' }
    for (const params of [
      { ref: { type: 'ref/prompt', name: 'nope' }, argument },
      { ref: { type: 'ref/resource', uri: 'studio://nope/{model}' }, argument },
      { ref: { type: 'ref/prompt', name: 'explain_model' }, argument: { name: 'x', value: '' } },
    ] as const) {
      await expect(api.complete(params)).rejects.toMatchObject({ code: -32602 })
    }
  })
})
