import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, onTestFinished } from 'vitest'
import { eventually } from '../../support/studio.ts'
import type { ScenarioStudio } from '../scenarios/studio.ts'

/** One column of the table. It rejects where the client sees something else; a text says why the protocol has no shape for it. */
export type McpScenario = (revision: string, studio: ScenarioStudio) => Promise<string | void>

/** What the client of @modelcontextprotocol/client can do with agents as tools, in the order of the table. */
export const mcpScenarios: Readonly<Record<string, McpScenario>> = {
  text: showsText,
  reasoning: hidesReasoning,
  tools: runsTools,
  approval: takesApproval,
  'edited approval': asksYesOrNo,
  cancel: cancels,
  'resume after cut': endsWithItsRequest,
  'resume after kill -9': goesOnAfterKill,
  error: showsError,
  usage: showsUsage,
  tenant: keepsTenants,
}

interface Place {
  readonly tenant?: string
  readonly url?: string
  /** False for a client that hands questions to its caller. */
  readonly answers?: boolean
}

/** Connects a client whose user approves whatever is asked. */
async function open(
  revision: string,
  studio: ScenarioStudio,
  { tenant = 'anna', url = studio.url, answers = true }: Place = {},
) {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: { pin: revision } },
      inputRequired: { autoFulfill: answers },
    },
  )
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: { approved: true },
  }))
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    fetch: studio.fetch,
    requestInit: { headers: { authorization: `Bearer ${tenant}` } },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

const say = (message: string) => ({ name: 'run_support', arguments: { message } })

async function showsText(revision: string, studio: ScenarioStudio): Promise<void> {
  const client = await open(revision, studio)
  const shown: string[] = []
  const onprogress = ({ message = '' }) => void shown.push(message)
  const result = await client.callTool(say('hi'), { onprogress })
  expect(result.content).toEqual([{ type: 'text', text: 'Hello' }])
  expect(shown.slice(1).join('')).toBe('Hello')
}

async function hidesReasoning(revision: string, studio: ScenarioStudio): Promise<string> {
  const result = await (await open(revision, studio)).callTool(say('think'))
  expect(result.content).toEqual([{ type: 'text', text: 'I thought.' }])
  return 'MCP has no shape for the reasoning of a tool'
}

async function runsTools(revision: string, studio: ScenarioStudio): Promise<string> {
  const result = await (await open(revision, studio)).callTool(say('add'))
  expect(result.content).toEqual([{ type: 'text', text: 'Done.' }])
  return 'tools run, and MCP has no shape for the calls of a tool'
}

async function takesApproval(revision: string, studio: ScenarioStudio): Promise<void> {
  const result = await (await open(revision, studio)).callTool(say('refund'))
  expect(result).toMatchObject({ content: [{ text: 'Done.' }] })
  expect(await eventsOf(studio, idOf(result))).toContain('\\"refunded\\":50')
}

async function eventsOf(studio: ScenarioStudio, runId: string): Promise<string> {
  const headers = { authorization: 'Bearer anna' }
  return (await studio.fetch(`${studio.url}/runs/${runId}/events`, { headers })).text()
}

function idOf({ structuredContent }: { structuredContent?: unknown }): string {
  return (structuredContent as { runId: string }).runId
}

/** Calls the tool and returns the question that its answer holds. */
async function ask(client: Client): Promise<{ requestState: string; inputRequests: object }> {
  const result: unknown = await client.callTool(say('refund'), { allowInputRequired: true })
  expect(result).toMatchObject({ resultType: 'input_required' })
  return result as { requestState: string; inputRequests: object }
}

async function asksYesOrNo(revision: string, studio: ScenarioStudio): Promise<string> {
  const { inputRequests } = await ask(await open(revision, studio, { answers: false }))
  const [question] = Object.values(inputRequests) as { params: { requestedSchema: object } }[]
  expect(question?.params.requestedSchema).toMatchObject({ required: ['approved'] })
  return 'a form of MCP has no shape for arguments'
}

/** Starts a call that hangs, and aborts it; resolves when its run has been cancelled. */
async function abort(revision: string, studio: ScenarioStudio): Promise<void> {
  const client = await open(revision, studio)
  const controller = new AbortController()
  let shown = ''
  const onprogress = ({ message = '' }) => void (shown = message)
  const call = client.callTool(say('hang'), { signal: controller.signal, onprogress })
  call.catch(() => undefined)
  await eventually(async () => expect(shown).toBe('Half'))
  controller.abort()
  await expect(call).rejects.toThrow(/abort/i)
  await eventually(async () => {
    const headers = { authorization: 'Bearer anna' }
    const response = await studio.fetch(`${studio.url}/runs?status=cancelled`, { headers })
    const { runs } = (await response.json()) as { runs: unknown[] }
    expect(runs).toHaveLength(1)
  })
}

function cancels(revision: string, studio: ScenarioStudio): Promise<void> {
  return abort(revision, studio)
}

async function endsWithItsRequest(revision: string, studio: ScenarioStudio): Promise<string> {
  await abort(revision, studio)
  return 'a call of MCP that is cut off is a cancelled one; a run that waits is called again'
}

async function goesOnAfterKill(revision: string, studio: ScenarioStudio): Promise<string | void> {
  if (!studio.kill) return 'needs two processes'
  const { requestState, inputRequests } = await ask(
    await open(revision, studio, { answers: false }),
  )
  const url = await studio.kill()
  const second = await open(revision, studio, { url })
  const verdicts = Object.keys(inputRequests).map((id) => {
    return [id, { action: 'accept', content: { approved: true } }] as const
  })
  const inputResponses = Object.fromEntries(verdicts)
  const result = await second.callTool({ ...say('refund'), requestState, inputResponses } as never)
  expect(result).toMatchObject({
    content: [{ text: 'Done.' }],
    structuredContent: { runId: requestState, status: 'succeeded' },
  })
}

async function showsError(revision: string, studio: ScenarioStudio): Promise<void> {
  const result = await (await open(revision, studio)).callTool(say('fail'))
  expect(result).toMatchObject({ isError: true, structuredContent: { status: 'failed' } })
  expect(JSON.stringify(result.content)).toContain('out of order')
}

async function showsUsage(revision: string, studio: ScenarioStudio): Promise<void> {
  const result = await (await open(revision, studio)).callTool(say('hi'))
  expect(result.structuredContent).toMatchObject({ usage: { inputTokens: 11, outputTokens: 7 } })
}

async function keepsTenants(revision: string, studio: ScenarioStudio): Promise<void> {
  const result = await (await open(revision, studio)).callTool(say('hi'))
  const bert = await open(revision, studio, { tenant: 'bert' })
  const call = { name: 'run_support', arguments: { runId: idOf(result) } }
  await expect(bert.callTool(call)).rejects.toThrow('Run not found')
}
