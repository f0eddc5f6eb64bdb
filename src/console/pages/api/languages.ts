import { type ApiRoute, readBody } from './operations.ts'

/** The values of parameters by name, as they were typed. */
export type Values = Readonly<Record<string, string>>

/** Fills the parameters into the path and the query. Names of missing ones stay as `{name}`. */
export function fillPath({ path, operation }: ApiRoute, values: Values): string {
  const filled = path.replace(/\{(\w+)\}/g, (name, key: string) =>
    values[key] ? encodeURIComponent(values[key]) : name,
  )
  const query = new URLSearchParams()
  for (const { name, in: where } of operation.parameters ?? []) {
    if (where === 'query' && values[name]) query.set(name, values[name])
  }
  return query.size > 0 ? `${filled}?${query.toString()}` : filled
}

interface SnippetInput {
  readonly route: ApiRoute
  readonly values: Values
  readonly baseUrl: string
  /** True if a token is needed. The snippet reads it from the environment and never holds it. */
  readonly needsToken: boolean
}

/** Writes how to call a route by a language. */
export const languages = { curl: toCurl, fetch: toFetch, client: toClient } as const

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const literal = (value: unknown) => JSON.stringify(value, null, 2)

function toCurl({ route, values, baseUrl, needsToken }: SnippetInput): string {
  const { method, operation } = route
  const lines = [quote(baseUrl + fillPath(route, values))]
  if (method !== 'GET') lines.unshift(`-X ${method}`)
  if (needsToken) lines.push(`-H "authorization: Bearer $STUDIO_TOKEN"`)
  if (operation.requestBody) {
    lines.push(`-H 'content-type: application/json'`)
    lines.push(`-d ${quote(JSON.stringify(readBody(operation.requestBody).example ?? {}))}`)
  }
  return `curl ${lines.join(' \\\n  ')}`
}

function toFetch({ route, values, baseUrl, needsToken }: SnippetInput): string {
  const { method, operation } = route
  const headers = [
    ...(needsToken ? ['authorization: `Bearer ${process.env.STUDIO_TOKEN}`'] : []),
    ...(operation.requestBody ? [`'content-type': 'application/json'`] : []),
  ]
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(headers.length > 0 ? [`headers: { ${headers.join(', ')} }`] : []),
    ...(operation.requestBody
      ? [`body: JSON.stringify(${literal(readBody(operation.requestBody).example ?? {})})`]
      : []),
  ]
  const given = options.length > 0 ? `, {\n${options.map((one) => `  ${one},\n`).join('')}}` : ''
  const url = JSON.stringify(baseUrl + fillPath(route, values))
  return `const response = await fetch(${url}${given})\nconsole.log(await response.json())`
}

/** Calls of the client by operation; `$name` is a parameter of the path, `$body` the body. */
const calls: Readonly<Record<string, string>> = {
  listAgents: 'client.agents.list()',
  getAgent: 'client.agents.get($agentId)',
  listAgentTools: 'client.agents.tools($agentId)',
  getAgentRuntime: 'client.agents.runtime($agentId)',
  createRun: 'client.runs.create($agentId, $body)',
  listRuns: 'client.runs.list($query).page()',
  getRun: 'client.runs.get($runId)',
  cancelRun: 'client.runs.cancel($runId)',
  listSessions: 'client.sessions.list($query).page()',
  createSession: 'client.sessions.create($body)',
  getSession: 'client.sessions.get($sessionId)',
  updateSession: 'client.sessions.update($sessionId, $body)',
  deleteSession: 'client.sessions.delete($sessionId)',
  listApprovals: 'client.approvals.list($query).page()',
  getApproval: 'client.approvals.get($approvalId)',
  decideApproval: 'client.approvals.decide($approvalId, $body)',
  listTraces: 'client.traces.list($query).page()',
  getTrace: 'client.traces.get($traceId)',
  executeQuery: 'client.query.run($body)',
  describeQueryPlan: 'client.query.describe()',
  callTool: 'client.callTool($name, $body)',
}

function toClient({ route, values, baseUrl, needsToken }: SnippetInput): string | null {
  const call = calls[route.id] ?? (route.method === 'GET' ? 'client.read($path)' : null)
  if (call === null) return null
  const { operation } = route
  const query = (operation.parameters ?? []).flatMap(({ name, in: where }) =>
    where === 'query' && values[name] ? [[name, values[name]]] : [],
  )
  const example = readBody(operation.requestBody).example ?? {}
  const isTool = route.id === 'callTool' && typeof example === 'object' && example !== null
  const body = isTool && 'arguments' in example ? example.arguments : example
  const written = call.replace(/\$(\w+)/g, (_, name: string) => {
    if (name === 'body') return literal(body)
    if (name === 'query') return query.length > 0 ? literal(Object.fromEntries(query)) : ''
    return JSON.stringify(name === 'path' ? fillPath(route, values) : values[name] || `{${name}}`)
  })
  const token = needsToken ? ',\n  token: process.env.STUDIO_TOKEN ?? null' : ''
  return `import { createStudioClient } from 'fetch-studio/client'

const client = createStudioClient({
  baseUrl: ${JSON.stringify(baseUrl)}${token},
})
console.log(await ${written})`
}
