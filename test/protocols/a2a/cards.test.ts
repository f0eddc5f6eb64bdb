import { describe, expect, it } from 'vitest'
import { a2a } from '../../../src/protocols.ts'
import { addTool, createSupport } from '../../support/agents.ts'
import { createTestStudio } from '../../support/studio.ts'
import { connect, send } from './task-client.ts'

const own = '/a2a/support/.well-known/agent-card.json'
const root = '/.well-known/agent-card.json'
const { agent: support } = createSupport([], { tools: [addTool], quickPrompts: ['Add 1 and 2'] })
const { agent: other } = createSupport([], { id: 'other' })

describe('an agent card', () => {
  it('says where the agent answers, what it can do, and that it needs no token', async () => {
    const { get } = await createTestStudio({
      protocols: [a2a({ version: '3.1' })],
      agents: [support],
    })
    const { body, headers } = await get(own)
    expect(body).toEqual({
      name: 'Support',
      description: 'Support assistant',
      version: '3.1',
      supportedInterfaces: [
        {
          url: 'http://studio.test/a2a/support',
          protocolBinding: 'JSONRPC',
          protocolVersion: '1.0',
        },
        {
          url: 'http://studio.test/a2a/support/v1',
          protocolBinding: 'HTTP+JSON',
          protocolVersion: '1.0',
        },
      ],
      capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: false },
      defaultInputModes: ['text/plain', 'application/json', 'image/*', 'application/pdf'],
      defaultOutputModes: ['text/plain'],
      skills: [
        {
          id: 'support',
          name: 'Support',
          description: 'Support assistant',
          tags: ['agent'],
          examples: ['Add 1 and 2'],
        },
        { id: 'support/add', name: 'add', description: 'Adds two numbers.', tags: ['tool'] },
      ],
    })
    const etag = headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    expect(await get(own, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304 })
  })

  it('is that of the host for the only agent, and for the default one', async () => {
    const only = await createTestStudio({ protocols: [a2a()], agents: [support] })
    expect((await only.get(root)).body).toEqual((await only.get(own)).body)
    const agents = [support, other]
    const named = await createTestStudio({ protocols: [a2a({ defaultAgent: 'other' })], agents })
    const [first] = ((await named.get(root)).body as { supportedInterfaces: { url: string }[] })
      .supportedInterfaces
    expect(first?.url).toBe('http://studio.test/a2a/other')
    const several = await createTestStudio({ protocols: [a2a()], agents })
    expect(await several.get(root)).toMatchObject({ status: 404 })
    expect(await several.get('/a2a/nobody/.well-known/agent-card.json')).toMatchObject({
      status: 404,
    })
  })

  it('needs the token and declares it, unless cards are public', async () => {
    const auth = { token: 'secret-token' }
    const headers = { authorization: 'Bearer secret-token' }
    const bearer = { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } }
    const closed = await createTestStudio({ protocols: [a2a()], agents: [support], auth })
    expect(await closed.get(own)).toMatchObject({ status: 401 })
    expect(await closed.get(own, { headers })).toMatchObject({ body: { securitySchemes: bearer } })
    const protocols = [a2a({ publicCards: true })]
    const open = await createTestStudio({ protocols, agents: [support], auth })
    for (const path of [own, root]) {
      expect(await open.get(path)).toMatchObject({ status: 200, body: { securitySchemes: bearer } })
    }
    expect(await open.post('/a2a/support', {})).toMatchObject({ status: 401 })
    expect(await open.get('/a2a/support/v1/tasks')).toMatchObject({ status: 401 })
  })

  it('leads the client through a prefix and the origin that clients use', async () => {
    const protocols = [a2a({ origin: 'https://agents.example' })]
    const turns = ['Hello']
    const { studio, get } = await createTestStudio({ protocols, turns, basePath: '/studio-1' })
    const prefix = '/studio-1'
    const url = `https://agents.example${prefix}`
    const { body } = await get(`${prefix}${own}`)
    expect(body).toMatchObject({ supportedInterfaces: [{ url: `${url}/a2a/support` }, {}] })
    const client = await connect({
      url,
      fetch: async (input, init) => studio.fetch(new Request(input, init)),
    })
    expect((await send(client, 'hi')).text()).toBe('Hello')
  })
})

describe('the options of a2a', () => {
  it('are refused where they are unknown, or name what does not exist', async () => {
    const misspelt = { publicCard: true } as object
    expect(() => a2a(misspelt)).toThrow('did you mean publicCards?')
    expect(() => a2a({ origin: 'https://agents.example/path' })).toThrow('origin')
    const protocols = [a2a({ defaultAgent: 'nobody' })]
    await expect(createTestStudio({ protocols, agents: [support] })).rejects.toThrow('"nobody"')
  })
})
