import type { z } from 'zod'
import { tenantOf } from '../../agents/http/page.ts'
import type { Engine } from '../../agents/engine/engine.ts'
import type { Exchange } from '../../http/exchange.ts'
import { json } from '../../http/respond.ts'
import type { Message } from '../../records/message.ts'
import { toItemId } from './response-id.ts'
import { requirePart, type ResponsePart } from './response-part.ts'
import type { StoredCall } from './stored-responses.ts'
import type { itemsQuery } from './wire-queries.ts'

/** Answers `GET /v1/responses/:responseId/input_items`: all of them, the latest first unless `order` says otherwise. */
export async function listInputItems({
  module,
  exchange,
  id,
  query,
}: StoredCall<z.output<typeof itemsQuery>>): Promise<Response> {
  const part = await requirePart(module, exchange, { id })
  const engine = module.engineOf(exchange)
  const items =
    part.after < 0 ? await readPrompt(engine, part) : await readVerdicts(engine, exchange, part)
  const data = query.order === 'asc' ? items : items.toReversed()
  return json({
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: false,
  })
}

async function readPrompt({ stores }: Engine, { run }: ResponsePart) {
  const [journal] = await stores.runs.journals([run.id])
  if (!journal) return []
  const { history, prompt } = journal.run.input
  return [...history, prompt].flatMap((message, index) => {
    const content = toInputContent(message)
    if (content.length === 0) return []
    const item = { type: 'message', role: message.role, status: 'completed', content } as const
    return [{ id: toItemId('in', run.id, index), ...item }]
  })
}

type InputPart =
  | { readonly type: 'input_text' | 'output_text'; readonly text: string }
  | { readonly type: 'input_image'; readonly image_url: string; readonly detail: string }
  | {
      readonly type: 'input_file'
      readonly filename: string | null
      readonly file_url?: string
      readonly file_data?: string
    }

/** Tool calls and their results in a history have no content to show. */
function toInputContent(message: Message): InputPart[] {
  if (message.role === 'system') return [{ type: 'input_text', text: message.content }]
  if (message.role === 'tool') return []
  const textType = message.role === 'user' ? 'input_text' : 'output_text'
  return message.content.flatMap((part): InputPart[] => {
    if (part.type === 'text') return [{ type: textType, text: part.text }]
    if (part.type === 'image') {
      const { source, detail = 'auto' } = part
      return [{ type: 'input_image', image_url: toUrl(source), detail }]
    }
    if (part.type !== 'document') return []
    const { source } = part
    if (source.type === 'text') return [{ type: 'input_text', text: source.text }]
    const url = toUrl(source)
    const file = source.type === 'url' ? { file_url: url } : { file_data: url }
    return [{ type: 'input_file', filename: source.filename ?? null, ...file }]
  })
}

type FileSource =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'base64'; readonly data: string; readonly mediaType: string }

function toUrl(source: FileSource): string {
  return source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}

async function readVerdicts({ stores }: Engine, exchange: Exchange, { decided }: ResponsePart) {
  const approvals = await Promise.all(
    decided.map((id) => stores.approvals.get(tenantOf(exchange), id)),
  )
  return approvals.flatMap((approval) => {
    if (approval?.status !== 'approved' && approval?.status !== 'rejected') return []
    const { id, status, decisionReason } = approval
    return [
      {
        id: `mcpa_${id}`,
        type: 'mcp_approval_response',
        approval_request_id: id,
        approve: status === 'approved',
        reason: decisionReason,
      } as const,
    ]
  })
}
