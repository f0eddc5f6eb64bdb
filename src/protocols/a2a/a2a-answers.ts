import { z } from 'zod'
import { anyJson, anyObject, count, listOf, time } from '../../agents/answers/shared.ts'

const role = z.enum(['ROLE_USER', 'ROLE_AGENT'])

/** The states of a task that a run can be in. */
export const taskStates = [
  'TASK_STATE_SUBMITTED',
  'TASK_STATE_WORKING',
  'TASK_STATE_INPUT_REQUIRED',
  'TASK_STATE_COMPLETED',
  'TASK_STATE_FAILED',
  'TASK_STATE_CANCELED',
] as const

const part = z
  .object({
    text: z.string().exactOptional(),
    raw: z.string().exactOptional().describe('The content of a file in base64.'),
    url: z.string().exactOptional(),
    data: anyJson.exactOptional(),
    mediaType: z.string().exactOptional(),
    filename: z.string().exactOptional(),
  })
  .meta({ id: 'A2aPart', description: 'One of `text`, `raw`, `url` and `data`.' })

/** A part of a message or artifact, as a client reads it. */
export type WirePart = z.infer<typeof part>

const message = z
  .object({
    messageId: z.string(),
    contextId: z.string().exactOptional(),
    taskId: z.string().exactOptional(),
    role,
    parts: listOf(part),
  })
  .meta({ id: 'A2aMessage', description: 'A message of a task.' })

/** A message, as a client reads it. */
export type WireMessage = z.infer<typeof message>

const status = z
  .object({
    state: z.enum(taskStates),
    message: message
      .exactOptional()
      .describe('The approvals that the task waits for, or why it ended.'),
    timestamp: time.exactOptional(),
  })
  .meta({ id: 'A2aStatus', description: 'How far a task is.' })

/** How far a task is, as a client reads it. */
export type TaskStatus = z.infer<typeof status>

const artifact = z
  .object({
    artifactId: z.string(),
    parts: listOf(part),
    metadata: z
      .object({ supersededBy: z.string().describe('The artifact of the next attempt.') })
      .exactOptional(),
  })
  .meta({ id: 'A2aArtifact', description: 'The text of one turn of the model.' })

/** The text of one turn, as a client reads it. */
export type WireArtifact = z.infer<typeof artifact>

/** One task with what is known of it. */
export const task = z
  .object({
    id: z.string(),
    contextId: z.string(),
    status,
    artifacts: listOf(artifact).exactOptional(),
    history: listOf(message).exactOptional().describe('The message that began the task.'),
    metadata: anyObject.exactOptional().describe('`usage`, and the metadata of the message.'),
  })
  .meta({ id: 'A2aTask', description: 'A run, as a task of A2A.' })

/** A task, as a client reads it. */
export type WireTask = z.infer<typeof task>

/** What answers a message without a stream. */
export const sent = z.object({ task }).meta({ id: 'A2aSent' })

/** One page of a list of tasks. */
export const taskPage = z
  .object({
    tasks: listOf(task),
    nextPageToken: z.string().describe('Empty on the last page.'),
    pageSize: count,
    totalSize: count.describe('Counted up to 1,000.'),
  })
  .meta({ id: 'A2aTaskPage' })

/** A push configuration, without its secrets. */
export const pushConfigAnswer = z
  .object({
    id: z.string(),
    taskId: z.string(),
    url: z.string(),
    authentication: z.object({ scheme: z.string() }).exactOptional(),
  })
  .meta({ id: 'A2aPushConfig' })

/** A push configuration, as a client reads it. */
export type WirePushConfig = z.infer<typeof pushConfigAnswer>

/** The push configurations of a task. */
export const pushConfigList = z
  .object({ configs: listOf(pushConfigAnswer), nextPageToken: z.literal('') })
  .meta({ id: 'A2aPushConfigList' })

/** The answer to a deletion. */
export const nothing = z.object({}).meta({ id: 'A2aNothing' })

/** A page of tasks, as a client reads it. */
export type WireTaskPage = z.infer<typeof taskPage>

const ids = { taskId: z.string(), contextId: z.string() }

/** One event of a stream. */
export const streamResponse = z
  .union([
    z.object({ task }),
    z.object({
      statusUpdate: z.object({ ...ids, status, metadata: anyObject.exactOptional() }),
    }),
    z.object({
      artifactUpdate: z.object({
        ...ids,
        artifact,
        append: z.boolean().describe('False replaces what an artifact with this id held.'),
        lastChunk: z.boolean(),
      }),
    }),
  ])
  .meta({ id: 'A2aStreamResponse', description: 'One event of the stream of a task.' })

/** An event of a stream, as a client reads it. */
export type StreamResponse = z.infer<typeof streamResponse>

const detail = z
  .object({ '@type': z.string() })
  .catchall(anyJson)
  .meta({ id: 'A2aErrorDetail', description: 'ErrorInfo or BadRequest of google.rpc.' })

const rpcId = z.union([z.string(), z.number(), z.null()])
const jsonrpc = z.literal('2.0')

const rpcErrorObject = z.object({
  code: z.int(),
  message: z.string(),
  data: listOf(detail).exactOptional(),
})

/** What answers a request of JSON-RPC without a stream. */
export const rpcAnswer = z
  .union([
    z.object({
      jsonrpc,
      id: rpcId,
      result: z.union([sent, task, taskPage, pushConfigAnswer, pushConfigList, nothing]),
    }),
    z.object({ jsonrpc, id: rpcId, error: rpcErrorObject }),
  ])
  .meta({ id: 'A2aRpcAnswer' })

/** One event of a stream over JSON-RPC. */
export const rpcEvent = z
  .union([
    z.object({ jsonrpc, id: rpcId, result: streamResponse }),
    z.object({ jsonrpc, id: rpcId, error: rpcErrorObject }),
  ])
  .meta({ id: 'A2aRpcEvent' })

/** An error of the REST binding. */
export const restError = z
  .object({
    error: z.object({
      code: z.int().describe('The HTTP status.'),
      status: z.string(),
      message: z.string(),
      details: listOf(detail),
    }),
  })
  .meta({ id: 'A2aRestError' })

/** One event of a stream in the REST binding. */
export const restEvent = z.union([streamResponse, restError]).meta({ id: 'A2aRestEvent' })

const skill = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    tags: listOf(z.string()),
    examples: listOf(z.string()).exactOptional(),
  })
  .meta({ id: 'A2aSkill' })

/** The card of an agent. */
export const agentCard = z
  .object({
    name: z.string(),
    description: z.string(),
    version: z.string(),
    supportedInterfaces: listOf(
      z.object({
        url: z.string(),
        protocolBinding: z.enum(['JSONRPC', 'HTTP+JSON']),
        protocolVersion: z.literal('1.0'),
      }),
    ),
    capabilities: z.object({
      streaming: z.literal(true),
      pushNotifications: z.boolean(),
      extendedAgentCard: z.literal(false),
    }),
    securitySchemes: z
      .object({
        bearer: z.object({ httpAuthSecurityScheme: z.object({ scheme: z.literal('Bearer') }) }),
      })
      .exactOptional(),
    securityRequirements: listOf(
      z.object({ schemes: z.object({ bearer: z.object({ list: listOf(z.string()) }) }) }),
    ).exactOptional(),
    defaultInputModes: listOf(z.string()),
    defaultOutputModes: listOf(z.string()),
    skills: listOf(skill),
  })
  .meta({ id: 'A2aAgentCard', description: 'What an agent is, and how to reach it.' })

/** The card of an agent, as a client reads it. */
export type AgentCard = z.infer<typeof agentCard>
