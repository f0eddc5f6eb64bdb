import { z } from 'zod'
import type { JsonObject } from '../../../lib/json.ts'

const tenant = z.literal('', { error: 'must be absent: the credentials decide' }).optional()
const id = z.string().min(1, 'must not be blank').max(128)

/** What goes into a header: visible ASCII. */
const headerText = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x20-\x7e]*$/, 'must be visible ASCII')

/** Where a client wants to be told about a task. Clients of protobuf send an empty text for what is absent. */
export const pushConfig = z
  .object({
    tenant,
    id: z.string().trim().max(128).optional(),
    taskId: z.string().max(128).optional(),
    url: z.url({ protocol: /^https?$/ }).max(2_048),
    token: headerText(1_024).optional(),
    authentication: z
      .object({
        scheme: z.string().regex(/^[A-Za-z][\w-]{0,63}$/, 'must be like Bearer'),
        credentials: headerText(4_096).optional(),
      })
      .nullish(),
  })
  .meta({ id: 'A2aSentPushConfig' })

/** The parsed configuration of a client. */
export type SentPushConfig = z.infer<typeof pushConfig>

/** The parameters of `CreateTaskPushNotificationConfig`: a configuration and its task. */
export const createPushParams = pushConfig.safeExtend({ taskId: id })

/** The parameters of `GetTaskPushNotificationConfig` and `DeleteTaskPushNotificationConfig`. */
export const onePushParams = z.object({ tenant, taskId: id, id })

/** The parameters of `ListTaskPushNotificationConfigs`. All configurations of a task fit into one page. */
export const listPushParams = z.object({ tenant, taskId: id })

const stored = z.object({
  url: z.string(),
  token: z.string().exactOptional(),
  authentication: z
    .object({ scheme: z.string(), credentials: z.string().exactOptional() })
    .exactOptional(),
})

/** A configuration as it is stored, with its secrets. */
export type StoredPushConfig = z.infer<typeof stored>

/** What is kept of a configuration that a client sent. */
export function toStoredConfig({ url, token, authentication }: SentPushConfig): JsonObject {
  const { scheme, credentials } = authentication ?? {}
  return {
    url,
    ...(token ? { token } : {}),
    ...(scheme ? { authentication: { scheme, ...(credentials ? { credentials } : {}) } } : {}),
  }
}

/** Reads a stored configuration; null for one of another protocol. */
export function readStoredConfig(data: JsonObject): StoredPushConfig | null {
  return stored.safeParse(data).data ?? null
}
