import { z } from 'zod'
import { badRequest } from '../../../errors.ts'
import { type JsonObject, jsonObjectSchema, toWellFormedJson } from '../../../lib/json.ts'
import { type Message, messageSchema, messageText, userMessage } from '../../../records/message.ts'
import type { RunInput } from '../../../records/run.ts'
import { titleFromPrompt } from '../../../records/session.ts'
import type { Agent } from '../../agent.ts'
import type { LanguageModel } from '../../model/language-model.ts'

const traceSchema = z.object({
  name: z.string().optional(),
  userId: z.string().optional(),
  sessionId: z.string().optional(),
  version: z.string().optional(),
  traceId: z.string().optional(),
  failOnObserverError: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  metadata: jsonObjectSchema.optional(),
})

const clientToolSchema = z.object({
  name: z.string().regex(/^[\w-]{1,64}$/),
  description: z.string().max(10_000),
  inputSchema: jsonObjectSchema,
  expiresInMs: z.int().min(1).max(2_147_483_647).exactOptional(),
})

/** The body of `POST /agents/:agentId/runs` (docs/contracts/runs.md, 3.5). Unknown members are ignored. */
export const runRequestSchema = z
  .object({
    message: z.union([z.string(), messageSchema]).optional(),
    history: z.array(messageSchema).optional(),
    messages: z.array(messageSchema).min(1).optional(),
    model: z.string().min(1).max(200).optional(),
    sessionId: z
      .string()
      .refine((id) => id.trim() !== '', 'must not be blank')
      .optional(),
    stream: z.boolean().optional(),
    maxTurns: z.int().min(1).max(100).optional(),
    toolConcurrency: z.int().min(1).max(100).optional(),
    timeoutMs: z.int().min(1).max(2_147_483_647).optional(),
    metadata: jsonObjectSchema.optional(),
    trace: traceSchema.optional(),
    onBusy: z.enum(['enqueue', 'reject', 'cancel']).optional(),
    cancelOnDisconnect: z.boolean().optional(),
    verbose: z.boolean().optional(),
    clientTools: z.array(clientToolSchema).max(64).optional(),
  })
  .refine(({ message, messages }) => message !== undefined || messages !== undefined, {
    path: ['message'],
    message: 'a string or a Message is needed here, or a non-empty array in messages',
    // Run even if other members are at fault, so that one answer names every fault.
    when: ({ value }) => jsonObjectSchema.safeParse(value).success,
  })

/** A parsed body of `POST /agents/:agentId/runs`. */
export type RunRequest = z.infer<typeof runRequestSchema>

/** Converts a request to the input of a run. `stream` is true when a client can watch the events. */
export function toRunInput(request: RunRequest, agent: Agent, stream: boolean): RunInput {
  const { prompt, history } = toWellFormedJson(toConversation(request))
  const preview = titleFromPrompt(messageText(prompt), 200)
  return {
    prompt,
    history,
    maxTurns: request.maxTurns ?? agent.maxTurns,
    toolConcurrency: request.toolConcurrency ?? agent.toolConcurrency,
    timeoutMs: request.timeoutMs ?? agent.timeoutMs,
    stream,
    verbose: request.verbose ?? false,
    trace: request.trace ? toTraceOptions(request.trace) : null,
    metadata: request.metadata ?? null,
    ...(request.model === undefined ? {} : { model: request.model }),
    ...(preview === null ? {} : { preview }),
    ...(request.clientTools ? { clientTools: request.clientTools } : {}),
  }
}

/** Returns the model that the request chooses. @throws StudioError `bad_request` for a name that the agent does not have. */
export function chooseModel({ model: name }: RunRequest, { model, models }: Agent): LanguageModel {
  if (name === undefined) return model
  const chosen = models.get(name)
  if (chosen) return chosen
  const known = [...models.keys()].map((key) => JSON.stringify(key)).join(', ')
  const message = known === '' ? 'this agent has one model' : `is not one of ${known}`
  throw badRequest('Invalid request body: the agent has no such model', [
    { path: 'model', message },
  ])
}

/** @throws StudioError `bad_request` when the request has both a session and a history. */
export function checkHistory({ message, history, messages = [], sessionId }: RunRequest): void {
  if (sessionId === undefined) return
  const field = message !== undefined || history !== undefined ? 'history' : 'messages'
  if (history === undefined && (message !== undefined || messages.length <= 1)) return
  throw badRequest('sessionId cannot be combined with history', [
    { path: field, message: 'cannot be combined with sessionId' },
  ])
}

function toConversation({ message, history = [], messages = [] }: RunRequest): {
  prompt: Message
  history: readonly Message[]
} {
  if (typeof message === 'string') return { prompt: userMessage(message), history }
  if (message !== undefined) return { prompt: message, history }
  const prompt = messages.at(-1)
  if (!prompt) throw badRequest('A message is needed')
  return { prompt, history: messages.slice(0, -1) }
}

function toTraceOptions({
  failOnObserverError: _ignored,
  ...options
}: NonNullable<RunRequest['trace']>) {
  return options
}

/** Returns what must be equal in two requests with the same `Idempotency-Key`. */
export function fingerprintInput(agentId: string, request: RunRequest): JsonObject {
  return { agentId, request: JSON.parse(JSON.stringify(request)) as JsonObject }
}
