import type * as sdk from '@modelcontextprotocol/client'
import { abortable, withDeadline } from '../../lib/deadline.ts'
import { library } from '../../library.ts'
import { limitAnswer } from './limit-answer.ts'
import type { McpRequestLimits, McpToolsClient } from './mcp-client.ts'
import type { McpServerAccess } from './mcp-tools-options.ts'

type Package = typeof sdk
type Prior = NonNullable<Parameters<sdk.Client['connect']>[1]>['prior']

/** How long the end of a session may take, in milliseconds. A server that does not hear of it ends the session itself. */
const endMs = 1_000

/**
 * Returns a client of the server at a URL that connects for each request and leaves nothing open, so that no connection can be lost,
 * or cross requests on Workers, or outlive a studio. What the server speaks is asked once and remembered until a request fails.
 *
 * @throws TypeError for a URL that cannot be used, and for a missing package.
 */
export async function connectToServer(
  url: string | URL,
  access: McpServerAccess,
): Promise<McpToolsClient> {
  const place = checkPlace(url)
  const create = prepareClients(place, access, await loadPackage())
  let prior: Prior
  const request = async <T>(limits: McpRequestLimits, use: (client: sdk.Client) => Promise<T>) => {
    const { client, transport } = await create()
    try {
      const { signal = new AbortController().signal } = limits
      const known = prior === undefined ? {} : { prior }
      await abortable(client.connect(transport, { ...limits, ...known }), signal)
      const discover = client.getDiscoverResult()
      prior = discover ? { kind: 'modern', discover } : { kind: 'legacy' }
      return await abortable(use(client), signal)
    } catch (error) {
      prior = undefined
      throw error
    } finally {
      const late = new Error('The session did not end in time')
      await withDeadline(endMs, late, () => transport.terminateSession()).catch(() => undefined)
      await client.close().catch(() => undefined)
    }
  }
  return {
    listTools: (_, limits) => request(limits, (client) => client.listTools(undefined, limits)),
    callTool(params, options) {
      const { onprogress: _, toolDefinition: __, ...limits } = options
      return request(limits, (client) => client.callTool(params, options))
    },
    getProtocolEra: () => prior?.kind,
  }
}

function checkPlace(url: string | URL): URL {
  const place = URL.canParse(url) ? new URL(url) : null
  const isHttp = place?.protocol === 'http:' || place?.protocol === 'https:'
  if (place && isHttp && !place.username && !place.password && !place.hash) return place
  throw new TypeError(
    'mcpTools needs a connected Client, or an absolute http or https URL without credentials',
  )
}

function prepareClients(
  place: URL,
  { headers, fetch: given }: McpServerAccess,
  { Client, StreamableHTTPClientTransport }: Package,
) {
  const send: typeof fetch = given ?? ((input, init) => fetch(input, init))
  const info = { name: library.name, version: library.version }
  return async () => {
    const transport = new StreamableHTTPClientTransport(place, {
      // a redirect is followed within the origin only, or the headers would go elsewhere
      redirectPolicy: 'same-origin',
      requestInit: { headers: { ...(typeof headers === 'function' ? await headers() : headers) } },
      fetch: async (input, init) => limitAnswer(await send(input, init)),
    })
    const client = new Client(info, { versionNegotiation: { mode: 'auto' } })
    return { client, transport }
  }
}

// a name that no bundler follows: only those who give a URL have the package
const packageName: string = '@modelcontextprotocol/client'

async function loadPackage(): Promise<Package> {
  try {
    return (await import(packageName)) as Package
  } catch (cause) {
    throw new TypeError(
      `mcpTools with a URL needs the package ${packageName} 2.4 or later: npm install ${packageName}`,
      { cause },
    )
  }
}
