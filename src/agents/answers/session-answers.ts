import { z } from 'zod'
import { approvalStatuses } from '../../records/approval.ts'
import { messageSchema } from '../../records/message.ts'
import { anyJson, anyObject, count, listOf, nextCursor, runError, time } from './shared.ts'

/** What lists show of a session, and the answer of `POST /sessions`. */
export const session = z
  .object({
    id: z.string(),
    agentId: z.string(),
    title: z.string().exactOptional(),
    createdAt: time,
    updatedAt: time,
    messageCount: count,
    metadata: anyObject.exactOptional(),
  })
  .meta({ id: 'Session', description: 'A conversation, without its messages.' })

/** A session as clients see it. */
export type WireSession = z.infer<typeof session>

/** The answer of `GET /sessions`. */
export const sessionPage = z
  .object({ sessions: listOf(session), ...nextCursor })
  .meta({ id: 'SessionPage', description: 'Sessions, the latest changed first.' })

const entryId = count.describe('The position of the entry, from 0.')

const attachment = z.object({
  kind: z.enum(['image', 'document']),
  name: z.string().exactOptional(),
  mediaType: z.string().exactOptional(),
  data: z.string().exactOptional().describe('Base64.'),
  url: z.string().exactOptional(),
})

/** A file of a message. */
export type Attachment = z.infer<typeof attachment>

const messageEntry = z.object({
  entryId,
  kind: z.literal('message'),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  tone: z.enum(['error', 'cancelled']).exactOptional().describe('How the run ended.'),
  error: runError.pick({ code: true, message: true }).exactOptional(),
  attachments: listOf(attachment).exactOptional(),
  durationMs: z.number().exactOptional().describe('The time of the run, at its last entry.'),
  traceId: z.string().exactOptional(),
})

const reasoningEntry = z.object({
  entryId,
  kind: z.literal('reasoning'),
  text: z.string(),
  reasoningId: z.string().exactOptional(),
})

const embeddedApproval = z.object({
  id: z.string(),
  status: z.enum(approvalStatuses),
  requestedAt: time,
  resolvedAt: time.exactOptional(),
  reason: z.string().exactOptional(),
  clientTool: z.literal(true).exactOptional().describe('The client of the run runs the tool.'),
})

/** The approval of a tool entry. */
export type EmbeddedApproval = z.infer<typeof embeddedApproval>

const toolEntry = z.object({
  entryId,
  kind: z.literal('tool'),
  toolName: z.string(),
  toolCallId: z.string(),
  callId: z.string().describe('The same value as `toolCallId`.'),
  args: z.string().describe('The arguments as JSON text, indented by two spaces.'),
  result: z.string().exactOptional(),
  structuredResult: anyJson.exactOptional().describe('The items of a result with images.'),
  approval: embeddedApproval.exactOptional(),
})

const entry = z
  .discriminatedUnion('kind', [messageEntry, reasoningEntry, toolEntry])
  .meta({ id: 'TranscriptEntry', description: 'One entry of a conversation as people read it.' })

/** One entry of a transcript as clients see it. */
export type TranscriptEntry = z.infer<typeof entry>

/** The answer of `GET /sessions/:sessionId`. */
export const sessionReading = z
  .object({
    ...session.shape,
    messages: listOf(messageSchema),
    transcript: listOf(entry),
    nextBefore: count.exactOptional().describe('The `before` of the page with older messages.'),
  })
  .meta({ id: 'SessionReading', description: 'A session with its messages and its transcript.' })

/** A session with its messages, as clients see it. */
export type WireReading = z.infer<typeof sessionReading>
