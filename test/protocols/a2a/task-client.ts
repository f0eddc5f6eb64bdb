import {
  type Message,
  type Part,
  Role,
  type StreamResponse,
  type Task,
  TaskState,
} from '@a2a-js/sdk'
import {
  type Client,
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'

/** The two bindings of A2A that a studio serves. */
export type Binding = 'JSONRPC' | 'HTTP+JSON'

/** Where a client connects, and as whom. */
export interface Place {
  readonly url: string
  readonly fetch: typeof fetch
  readonly binding?: Binding
  readonly tenant?: string
  readonly agentId?: string
}

/** Connects a client of @a2a-js/sdk to one agent, by its card. */
export async function connect(place: Place): Promise<Client> {
  const { url, binding = 'JSONRPC', tenant = 'anna', agentId = 'support' } = place
  const fetchImpl: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${tenant}`)
    return place.fetch(input, { ...init, headers })
  }
  const factory = new ClientFactory({
    transports: [
      new JsonRpcTransportFactory({ fetchImpl }),
      new RestTransportFactory({ fetchImpl }),
    ],
    preferredTransports: [binding],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  })
  return factory.createFromUrl(`${url}/a2a/${agentId}/`, '.well-known/agent-card.json')
}

const empty = { metadata: undefined, filename: '', mediaType: '' }

export const textPart = (value: string): Part => ({ content: { $case: 'text', value }, ...empty })
export const dataPart = (value: object): Part => ({ content: { $case: 'data', value }, ...empty })

type MessageOptions = Partial<Pick<Message, 'messageId' | 'contextId' | 'taskId'>>
interface SendOptions {
  readonly historyLength?: number
  readonly returnImmediately?: boolean
  readonly acceptedOutputModes?: string[]
}

/** Makes the request that sends these parts. */
export function say(
  said: string | Part[],
  { messageId = crypto.randomUUID(), contextId = '', taskId = '' }: MessageOptions = {},
  { returnImmediately = false, acceptedOutputModes = [], historyLength }: SendOptions = {},
) {
  return {
    tenant: '',
    metadata: undefined,
    message: {
      messageId,
      contextId,
      taskId,
      role: Role.ROLE_USER,
      parts: typeof said === 'string' ? [textPart(said)] : said,
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
    },
    configuration: {
      acceptedOutputModes,
      taskPushNotificationConfig: undefined,
      returnImmediately,
      ...(historyLength === undefined ? {} : { historyLength }),
    },
  }
}

const valuesOf = (parts: readonly Part[] = []) =>
  parts.map(({ content }) => content?.value as unknown)

/** Keeps the state of a task as a client that reads a stream does. */
export function createWatcher() {
  const seen: string[] = []
  const texts = new Map<string, string>()
  let id = ''
  let contextId = ''
  let state = TaskState.TASK_STATE_UNSPECIFIED
  let question: unknown[] = []
  let metadata: unknown
  const watcher = {
    seen,
    take({ payload }: StreamResponse): void {
      if (!payload) return
      if (payload.$case === 'task') watcher.enter(payload.value)
      if (payload.$case === 'statusUpdate') {
        const { status } = payload.value
        state = status?.state ?? state
        question = valuesOf(status?.message?.parts)
        metadata = payload.value.metadata ?? metadata
        seen.push(TaskState[state])
      }
      if (payload.$case === 'artifactUpdate') {
        const { artifact, append } = payload.value
        const name = artifact?.artifactId ?? ''
        const text = valuesOf(artifact?.parts).join('')
        texts.set(name, (append ? (texts.get(name) ?? '') : '') + text)
        seen.push(`${name}${append ? '+' : '='}${text}`)
      }
    },
    enter(task: Task): void {
      id = task.id
      contextId = task.contextId
      state = task.status?.state ?? state
      question = valuesOf(task.status?.message?.parts)
      metadata = task.metadata
      texts.clear()
      for (const { artifactId, parts } of task.artifacts) {
        texts.set(artifactId, valuesOf(parts).join(''))
      }
      seen.push(`task ${TaskState[state]}`)
    },
    async read(stream: AsyncIterable<StreamResponse>): Promise<void> {
      for await (const event of stream) watcher.take(event)
    },
    text: () => [...texts.values()].filter(Boolean).join('|'),
    state: () => TaskState[state],
    id: () => id,
    contextId: () => contextId,
    /** The parts of the message that came with the state. */
    question: () => question,
    approvalId: () => (question[0] as { approvalId?: string } | undefined)?.approvalId ?? '',
    metadata: () => metadata,
  }
  return watcher
}

/** Sends a message and watches its task to the end of the stream. */
export async function watch(client: Client, ...said: Parameters<typeof say>) {
  const watcher = createWatcher()
  await watcher.read(client.sendMessageStream(say(...said)))
  return watcher
}

/** Sends a message and resolves to the task, as a watcher. */
export async function send(client: Client, ...said: Parameters<typeof say>) {
  const watcher = createWatcher()
  const answer = await client.sendMessage(say(...said))
  if (!('status' in answer)) throw new Error('the answer is no task')
  watcher.enter(answer)
  return { ...watcher, task: answer }
}
