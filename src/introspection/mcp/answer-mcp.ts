import { createMcpHandler } from '@modelcontextprotocol/server'
import { badRequest } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'
import { createChangeBus, maySubscribe } from './changes.ts'
import { createServer } from './server.ts'

/** Most messages in one request. The MCP revisions that have batches set no limit. */
const maxBatch = 20

/**
 * Answers one request of an MCP client over Streamable HTTP: the stateless revision 2026-07-28, and those of 2025, whose
 * requests are answered one by one without a session. The router has checked host, origin and caller.
 *
 * @throws StudioError `bad_request` for a batch that is too long.
 *
 * @see docs/decisions/093-one-mcp-server-a-request.md
 */
export async function answerMcp(
  introspection: IntrospectionModule,
  exchange: Exchange,
  body: unknown,
): Promise<Response> {
  if (Array.isArray(body) && body.length > maxBatch) {
    throw badRequest(`A batch has at most ${maxBatch} messages`)
  }
  const { request } = exchange
  const notifies = maySubscribe(introspection)
  const { fetch } = createMcpHandler(
    // A client of 2025 has no stream on which it could be notified.
    ({ era }) => createServer(introspection, exchange, { notifies: notifies && era === 'modern' }),
    { bus: createChangeBus(introspection, exchange), maxSubscriptions: notifies ? 1 : 0 },
  )
  // The router has read the body, within its limit, so this request has none.
  const { url, method, headers, signal } = request
  return fetch(new Request(url, { method, headers, signal }), { parsedBody: body })
}
