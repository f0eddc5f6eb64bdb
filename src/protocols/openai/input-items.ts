import { z } from 'zod'
import type { Json } from '../../lib/json.ts'
import type { Message } from '../../records/message.ts'
import { refusal, toParam } from './api-errors.ts'
import { checkMessage, inputText, inputContent, toUserMessage } from './input-parts.ts'
import { parseItemId } from './response-id.ts'
import type { ResponseRequest } from './response-request.ts'

/** What a person decided, as the client says. Only the id and the verdict count. */
export interface ApprovalResponse {
  readonly approvalId: string
  readonly approve: boolean
  readonly reason: string | null
  readonly param: string
}

/** What the items of an input are: messages, places of earlier runs, and verdicts. */
export interface ReadInput {
  readonly entries: readonly (
    | { readonly kind: 'message'; readonly message: Message; readonly param: string }
    | { readonly kind: 'run'; readonly runId: string; readonly param: string }
  )[]
  /** Verdicts that end the input; those before the last message are history. */
  readonly approvals: readonly ApprovalResponse[]
}

const output = z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string() }))])

const inputItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: inputContent,
  }),
  z.object({
    type: z.literal('mcp_approval_response'),
    approval_request_id: z.string().min(1),
    approve: z.boolean(),
    reason: z.string().max(10_000).nullish(),
  }),
  z.object({
    type: z.literal('mcp_call'),
    id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
    output: z.string().nullish(),
    error: z.unknown().optional(),
  }),
  z.object({
    type: z.literal('function_call'),
    call_id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
  }),
  z.object({ type: z.literal('function_call_output'), call_id: z.string().min(1), output }),
  z.object({ type: z.literal('item_reference'), id: z.string().min(1) }),
  z.object({ type: z.enum(['reasoning', 'mcp_approval_request', 'mcp_list_tools']) }),
])

type InputItem = z.infer<typeof inputItem>
type Entry = ReadInput['entries'][number]

/**
 * Reads the input of a response.
 *
 * @throws StudioError `bad_request` for an item of an unknown kind, and for the output of a call that is not in the input.
 */
export function readInput(input: ResponseRequest['input']): ReadInput {
  if (typeof input === 'string') {
    const message = toUserMessage(input, ['input'])
    return { entries: [{ kind: 'message', message, param: 'input' }], approvals: [] }
  }
  const items = input.map((item, index) => parseItem(item, ['input', index]))
  const entries: Entry[] = []
  let approvals: ApprovalResponse[] = []
  const calls = new Set<string>()
  items.forEach((item, index) => {
    const path = ['input', index]
    const param = toParam(path)
    if (item.type === 'mcp_approval_response') {
      const { approval_request_id: approvalId, approve, reason = null } = item
      approvals.push({ approvalId, approve, reason, param: `${param}.approval_request_id` })
      return
    }
    if (item.type === 'message') approvals = []
    entries.push(...toEntries(item, calls, path))
  })
  return { entries: joinReferences(entries, approvals), approvals }
}

/** A message may leave its `type` out. */
function parseItem(
  item: Readonly<Record<string, unknown>>,
  path: readonly PropertyKey[],
): InputItem {
  const result = inputItem.safeParse('role' in item ? { ...item, type: 'message' } : item)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const message = `Invalid input: ${issue?.message ?? 'not acceptable'}.`
  throw refusal('bad_request', message, { param: toParam([...path, ...(issue?.path ?? [])]) })
}

function toEntries(item: InputItem, calls: Set<string>, path: readonly PropertyKey[]): Entry[] {
  const param = toParam(path)
  const message = (one: Message): Entry => ({ kind: 'message', message: one, param })
  switch (item.type) {
    case 'message':
      if (item.role === 'user') return [message(toUserMessage(item.content, path))]
      if (item.role === 'assistant') return [message(toAssistantMessage(inputText(item.content)))]
      return [message({ role: 'system', content: inputText(item.content) })]
    case 'mcp_call': {
      const { id, name, arguments: text, output: result, error } = item
      const isError = error !== undefined && error !== null
      return [
        message(checkMessage(toCall({ id, name, text }), path)),
        message(toResultMessage(id, isError ? 'The call failed.' : (result ?? ''), isError)),
      ]
    }
    case 'function_call':
      calls.add(item.call_id)
      return [message(toCall({ id: item.call_id, name: item.name, text: item.arguments }))]
    case 'function_call_output': {
      const { call_id: id, output: result } = item
      if (!calls.has(id)) throw noSuchCall(id, `${param}.call_id`)
      const text = typeof result === 'string' ? result : result.map((part) => part.text).join('\n')
      return [message(toResultMessage(id, text, false))]
    }
    case 'item_reference': {
      const runId = parseItemId(item.id)
      return [{ kind: 'run', runId: runId ?? item.id, param: `${param}.id` }]
    }
    default:
      return [] // reasoning cannot be sent back without a signature; a request says nothing that its verdict does not
  }
}

/** Several items of one run are one place. The reference to an approval says what its verdict says. */
function joinReferences(entries: readonly Entry[], approvals: readonly ApprovalResponse[]) {
  const seen = new Set(approvals.map(({ approvalId }) => approvalId))
  return entries.filter((entry) => {
    if (entry.kind === 'message') return true
    const isNew = !seen.has(entry.runId)
    seen.add(entry.runId)
    return isNew
  })
}

/** Refuses the output of a call that nobody made. */
export function noSuchCall(id: string, param: string) {
  const message = `No tool call found for the output with call id '${id.slice(0, 100)}'.`
  return refusal('bad_request', message, { param })
}

/** Makes a message of the model that has a text. */
export function toAssistantMessage(text: string): Message {
  return { role: 'assistant', content: [{ type: 'text', text }] }
}

/** Makes a message of the model that calls a tool. */
export function toCall(call: { id: string; name: string; text: string }): Message {
  const { id, name, text } = call
  return {
    role: 'assistant',
    content: [{ type: 'tool_call', id, function: { name, arguments: parseArguments(text) } }],
  }
}

/** Makes the result of a call. */
export function toResultMessage(id: string, text: string, isError: boolean): Message {
  const content = [{ type: 'text' as const, text }]
  const result = { type: 'tool_result' as const, id, content, ...(isError ? { isError } : {}) }
  return { role: 'tool', content: [result] }
}

/** Arguments that are no JSON are kept as a text. */
function parseArguments(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
