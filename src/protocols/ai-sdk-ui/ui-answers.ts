import { z } from 'zod'
import { anyJson, listOf, time, usage } from '../../agents/answers/shared.ts'
import { approvalStatuses } from '../../records/approval.ts'
import { runStatuses } from '../../records/run.ts'

const metadata = z
  .object({
    runId: z.string().exactOptional(),
    agentId: z.string().exactOptional(),
    sessionId: z.string().exactOptional(),
    model: z.string().exactOptional().describe('The id of the model, as its provider names it.'),
    createdAt: time.exactOptional(),
    status: z.enum(runStatuses).exactOptional(),
    usage: usage.exactOptional(),
    error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
  })
  .meta({ id: 'UiMessageMetadata', description: 'What is known of the run of a message.' })

/** What an assistant message says of its run, as its `metadata`. Members appear when they are known. */
export type UiMetadata = z.infer<typeof metadata>

const id = z.string()
const block = { id }
const delta = { id, delta: z.string() }
const call = { toolCallId: z.string() }
const dynamic = z.literal(true)
const source = { sourceId: z.string(), title: z.string().exactOptional() }

const approvalData = z
  .object({
    approvalId: z.string(),
    toolCallId: z.string(),
    toolName: z.string(),
    status: z.enum(approvalStatuses),
    reason: z.string().exactOptional(),
    expiresAt: time.exactOptional(),
  })
  .meta({ id: 'UiApproval', description: 'An approval, for AI SDK 5, which has no shape for it.' })

const dataApproval = { type: z.literal('data-approval'), id, data: approvalData }

/** One chunk of the UI message stream v1: those of AI SDK 5, 6 and 7 that this runtime sends. */
export const uiChunk = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('start'), messageId: z.string(), messageMetadata: metadata }),
    z.object({ type: z.literal('start-step') }),
    z.object({ type: z.literal('finish-step') }),
    z.object({ type: z.literal('reset-step') }).describe('Takes back the step. Only for AI SDK 7.'),
    z.object({ type: z.literal('text-start'), ...block }),
    z.object({ type: z.literal('text-delta'), ...delta }),
    z.object({ type: z.literal('text-end'), ...block }),
    z.object({ type: z.literal('reasoning-start'), ...block }),
    z.object({ type: z.literal('reasoning-delta'), ...delta }),
    z.object({ type: z.literal('reasoning-end'), ...block }),
    z.object({ type: z.literal('source-url'), ...source, url: z.string() }),
    z.object({
      type: z.literal('source-document'),
      ...source,
      title: z.string(),
      mediaType: z.string(),
      filename: z.string().exactOptional(),
    }),
    z.object({ type: z.literal('tool-input-start'), ...call, toolName: z.string(), dynamic }),
    z.object({ type: z.literal('tool-input-delta'), ...call, inputTextDelta: z.string() }),
    z.object({
      type: z.literal('tool-input-available'),
      ...call,
      toolName: z.string(),
      input: anyJson,
      dynamic,
      providerExecuted: z.literal(true).exactOptional(),
    }),
    z.object({
      type: z.literal('tool-input-error'),
      ...call,
      toolName: z.string(),
      input: anyJson,
      errorText: z.string(),
      dynamic,
    }),
    z.object({
      type: z.literal('tool-approval-request'),
      ...call,
      approvalId: z.string(),
      reason: z.string().exactOptional(),
    }),
    z
      .object({
        type: z.literal('tool-approval-response'),
        approvalId: z.string(),
        approved: z.boolean(),
        reason: z.string().exactOptional(),
      })
      .describe('Only for AI SDK 7.'),
    z.object(dataApproval).describe('Only for AI SDK 5.'),
    z.object({
      type: z.literal('tool-output-available'),
      ...call,
      output: anyJson,
      dynamic,
      preliminary: z.literal(true).exactOptional(),
      providerExecuted: z.literal(true).exactOptional(),
    }),
    z.object({
      type: z.literal('tool-output-error'),
      ...call,
      errorText: z.string(),
      dynamic,
      providerExecuted: z.literal(true).exactOptional(),
    }),
    z.object({ type: z.literal('tool-output-denied'), ...call }),
    z.object({ type: z.literal('message-metadata'), messageMetadata: metadata }),
    z.object({
      type: z.literal('finish'),
      finishReason: z.enum(['stop', 'length', 'content-filter', 'tool-calls', 'error', 'other']),
      messageMetadata: metadata.exactOptional(),
    }),
    z.object({ type: z.literal('abort'), reason: z.string().exactOptional() }),
    z.object({ type: z.literal('error'), errorText: z.string() }),
  ])
  .meta({ id: 'UiMessageChunk', description: 'One chunk of the UI message stream of the AI SDK.' })

/** One chunk of the UI message stream. */
export type UiChunk = z.infer<typeof uiChunk>

const approval = z.object({
  id,
  approved: z.boolean().exactOptional(),
  reason: z.string().exactOptional(),
  requestReason: z.string().exactOptional(),
})

const part = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('step-start') }),
    z.object({ type: z.literal('text'), text: z.string(), state: z.literal('done') }),
    z.object({ type: z.literal('reasoning'), text: z.string(), state: z.literal('done') }),
    z.object({
      type: z.literal('file'),
      mediaType: z.string(),
      url: z.string(),
      filename: z.string().exactOptional(),
    }),
    z.object({
      type: z.literal('dynamic-tool'),
      toolName: z.string(),
      ...call,
      state: z.enum([
        'input-available',
        'approval-requested',
        'approval-responded',
        'output-available',
        'output-error',
        'output-denied',
      ]),
      input: anyJson,
      output: anyJson.exactOptional(),
      errorText: z.string().exactOptional(),
      approval: approval.exactOptional(),
      providerExecuted: z.literal(true).exactOptional(),
    }),
    z.object(dataApproval),
  ])
  .meta({ id: 'UiMessagePart', description: 'A part of a message, as the AI SDK shows it.' })

/** One part of a message of `useChat`. */
export type UiPart = z.infer<typeof part>

const message = z
  .object({
    id,
    role: z.enum(['system', 'user', 'assistant']),
    metadata: metadata.exactOptional(),
    parts: listOf(part),
  })
  .meta({ id: 'UiMessage', description: 'A message, as `useChat` of the AI SDK takes it.' })

/** One message as `useChat` takes it. */
export type UiMessage = z.infer<typeof message>

/** The messages of a chat, for `messages` of `useChat`. */
export const uiMessages = z
  .object({
    messages: listOf(message),
    nextBefore: z.int().exactOptional().describe('Present while there are earlier messages.'),
  })
  .meta({ id: 'UiMessages', description: 'The messages of a chat, oldest first.' })

/** The answer of `GET /agents/:agentId/chat/:chatId`. */
export type UiMessages = z.infer<typeof uiMessages>
