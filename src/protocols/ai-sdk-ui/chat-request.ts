import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'

const part = z.object({ type: z.string() }).catchall(jsonSchema)

const message = z
  .object({
    id: z.string().min(1).max(128),
    role: z.enum(['system', 'user', 'assistant']),
    parts: z.array(part),
  })
  .catchall(jsonSchema)

/** The body that `DefaultChatTransport` sends, and what an app adds with its option `body`. Unknown members are ignored. */
export const chatRequestSchema = z.object({
  id: z.string().trim().min(1, 'must not be blank').max(128),
  messages: z.array(message).min(1),
  trigger: z.enum(['submit-message', 'regenerate-message']).optional(),
  messageId: z.string().optional(),
  inputs: z.record(z.string(), jsonSchema).optional(),
  model: z.string().min(1).max(200).optional(),
  metadata: jsonObjectSchema.optional(),
  cancelOnDisconnect: z.boolean().optional(),
})

/** A parsed request of `useChat`. */
export type ChatRequest = z.infer<typeof chatRequestSchema>
/** A message as the client keeps it; only the role and the new parts of the last one are read. */
export type ClientMessage = z.infer<typeof message>

/** The message that a request is about, and where it stands in `messages`. */
export interface TargetMessage {
  readonly message: ClientMessage
  readonly index: number
}

/**
 * Finds the message that a request is about: the last one, or the assistant message that `messageId` names, whose approvals
 * were answered. All others are copies of what is stored, and nobody reads them.
 */
export function findTarget({ messages, messageId }: ChatRequest): TargetMessage | null {
  const named = messages.findLastIndex(({ id, role }) => id === messageId && role === 'assistant')
  const index = named < 0 ? messages.length - 1 : named
  const message = messages[index]
  return message ? { message, index } : null
}
