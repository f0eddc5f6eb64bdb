import { z } from 'zod'
import { refuseRpc } from './rpc-failures.ts'

/** Most blocks of one prompt. */
const maxBlocks = 1_000

const absolutePath = z.string().regex(/^(\/|[A-Za-z]:[\\/]|\\\\)/, 'must be an absolute path')
const sessionId = z.string().min(1).max(200)
const optionalText = z.string().nullish()

const resource = z.union(
  [
    z.object({ uri: z.string(), mimeType: optionalText, text: z.string() }),
    z.object({ uri: z.string(), mimeType: optionalText, blob: z.string() }),
  ],
  'needs a uri, and a text or a blob',
)

const contentBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), data: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal('audio'), data: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal('resource_link'), uri: z.string(), name: z.string() }),
  z.object({ type: z.literal('resource'), resource }),
])

/** One piece of what a user says. */
export type PromptBlock = z.infer<typeof contentBlock>

const place = { cwd: absolutePath, mcpServers: z.array(z.unknown()) }

/** The parameters of each request that is served. Unknown members are ignored. */
export const requestParams = {
  initialize: z.object({
    protocolVersion: z.int().min(0).max(65_535),
    clientCapabilities: z
      .object({ session: z.object({ notices: z.looseObject({}).nullish() }).nullish() })
      .nullish()
      .catch(null),
  }),
  'session/new': z.object(place),
  'session/load': z.object({ ...place, sessionId }),
  'session/prompt': z.object({ sessionId, prompt: z.array(contentBlock).min(1).max(maxBlocks) }),
}

/** The parameters of each notification that is read. */
export const noticeParams = {
  'session/cancel': z.object({ sessionId }),
  '$/cancel_request': z.object({ requestId: z.union([z.string(), z.number(), z.null()]) }),
}

/** What a client says about a tool call that waits for a person. */
export const permissionAnswer = z.object({
  outcome: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('cancelled') }),
    z.object({ outcome: z.literal('selected'), optionId: z.string() }),
  ]),
})

/** Parses parameters. @throws an error for the client that names every field at fault. */
export function parseParams<Schema extends z.ZodType>(
  schema: Schema,
  params: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(params ?? {})
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message,
  }))
  const named = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  throw refuseRpc('invalidParams', `Invalid parameters: ${named.join('; ')}`, { details: faults })
}
