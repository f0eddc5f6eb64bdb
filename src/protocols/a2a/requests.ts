import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../../lib/json.ts'
import {
  createPushParams,
  listPushParams,
  onePushParams,
  pushConfig,
} from './notifications/push-requests.ts'

/** The tenant of a caller comes from `auth`, so a request must not name another. */
const tenant = z.literal('', { error: 'must be absent: the credentials decide' }).optional()
const historyLength = z.int().min(0).optional()
const taskId = z.string().min(1, 'must not be blank').max(128)

/** Clients of protobuf send an empty text for what is absent. */
const optionalId = z
  .string()
  .trim()
  .max(128)
  .transform((id) => (id === '' ? undefined : id))
  .optional()

const part = z.object({
  text: z.string().optional(),
  raw: z.string().optional(),
  url: z.string().optional(),
  data: jsonSchema.optional(),
  mediaType: z.string().optional(),
  filename: z.string().optional(),
  metadata: jsonObjectSchema.nullish(),
})

/** A part as a client sends it; the reader checks that it has one content. */
export type SentPart = z.infer<typeof part>

/** The parameters of `SendMessage` and `SendStreamingMessage`. Unknown members are ignored. */
export const sendParams = z.object({
  tenant,
  message: z.object({
    messageId: z.string().trim().min(1, 'must not be blank').max(128),
    contextId: optionalId,
    taskId: optionalId,
    role: z.literal('ROLE_USER'),
    parts: z.array(part).min(1),
    metadata: jsonObjectSchema.nullish(),
    extensions: z.array(z.string()).optional(),
    referenceTaskIds: z.array(z.string()).optional(),
  }),
  configuration: z
    .object({
      acceptedOutputModes: z.array(z.string()).optional(),
      taskPushNotificationConfig: pushConfig.nullish(),
      historyLength,
      returnImmediately: z.boolean().optional(),
    })
    .nullish(),
  metadata: jsonObjectSchema.nullish(),
})

/** The parsed parameters of a message. */
export type SendParams = z.infer<typeof sendParams>

/** The parameters of the operation `GetTask`. */
export const getParams = z.object({ tenant, id: taskId, historyLength })

/** The parameters of `CancelTask` and `SubscribeToTask`. */
export const taskParams = z.object({ tenant, id: taskId })

/** The states by which a client can filter: also those that no task has here. */
const states = [
  'TASK_STATE_UNSPECIFIED',
  'TASK_STATE_SUBMITTED',
  'TASK_STATE_WORKING',
  'TASK_STATE_INPUT_REQUIRED',
  'TASK_STATE_AUTH_REQUIRED',
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
  'TASK_STATE_REJECTED',
] as const

const stateName = z.enum(states).optional()
const instant = z.iso.datetime({ offset: true }).optional()

/** The parameters of the operation `ListTasks`. */
export const listParams = z.object({
  tenant,
  contextId: optionalId,
  status: stateName,
  pageSize: z.int().min(1).max(100).default(50),
  pageToken: z.string().optional(),
  historyLength,
  statusTimestampAfter: instant,
  includeArtifacts: z.boolean().default(false),
})

/** The parsed parameters of a list. */
export type ListParams = z.infer<typeof listParams>

const digits = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, in plain digits')
  .transform(Number)

/** The query of one task in the REST binding. */
export const getQuery = z.object({ historyLength: digits.optional() })

/** The query of a list in the REST binding. */
export const listQuery = z.object({
  contextId: z.string().max(128).optional(),
  status: stateName,
  pageSize: digits.pipe(z.number().min(1).max(100)).default(50),
  pageToken: z.string().optional(),
  historyLength: digits.optional(),
  statusTimestampAfter: instant,
  includeArtifacts: z
    .enum(['true', 'false'])
    .transform((word) => word === 'true')
    .default(false),
})

const call = { jsonrpc: z.literal('2.0'), id: z.union([z.string().max(256), z.int()]) }

/** A request of JSON-RPC, before its parameters are read. */
export const rpcRequest = z.object({
  ...call,
  method: z.string(),
  params: jsonObjectSchema.nullish(),
})

/** The shape of all requests of JSON-RPC, for the documentation. */
export const rpcBody = z.discriminatedUnion('method', [
  z.object({ ...call, method: z.literal('SendMessage'), params: sendParams }),
  z.object({ ...call, method: z.literal('SendStreamingMessage'), params: sendParams }),
  z.object({ ...call, method: z.literal('GetTask'), params: getParams }),
  z.object({ ...call, method: z.literal('ListTasks'), params: listParams }),
  z.object({ ...call, method: z.literal('CancelTask'), params: taskParams }),
  z.object({ ...call, method: z.literal('SubscribeToTask'), params: taskParams }),
  z.object({
    ...call,
    method: z.literal('CreateTaskPushNotificationConfig'),
    params: createPushParams,
  }),
  z.object({ ...call, method: z.literal('GetTaskPushNotificationConfig'), params: onePushParams }),
  z.object({
    ...call,
    method: z.literal('ListTaskPushNotificationConfigs'),
    params: listPushParams,
  }),
  z.object({
    ...call,
    method: z.literal('DeleteTaskPushNotificationConfig'),
    params: onePushParams,
  }),
])
