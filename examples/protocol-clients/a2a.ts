import { Role, type Message, type Part, TaskState } from '@a2a-js/sdk'
import { ClientFactory } from '@a2a-js/sdk/client'

/** Asks the agent through the client of A2A, and approves the refund that it wants to make. Returns its answer. */
export async function refundThroughA2a(baseUrl: string): Promise<string> {
  const card = '.well-known/agent-card.json'
  const client = await new ClientFactory().createFromUrl(`${baseUrl}/a2a/support/`, card)
  const send = (message: Message) =>
    client.sendMessage({ tenant: '', metadata: undefined, configuration: undefined, message })
  const asked = await send(toMessage([toPart({ $case: 'text', value: 'Refund ORD-1, please.' })]))
  if (!('status' in asked)) throw new Error('The agent answers with a task')
  if (asked.status?.state !== TaskState.TASK_STATE_INPUT_REQUIRED) return readText(asked.artifacts)
  const wanted = asked.status.message?.parts ?? []
  const decisions = wanted.flatMap(({ content }) => {
    if (content?.$case !== 'data') return []
    const { approvalId } = content.value as { approvalId: string }
    return [toPart({ $case: 'data', value: { approvalId, approved: true } })]
  })
  const answered = await send({
    ...toMessage(decisions),
    taskId: asked.id,
    contextId: asked.contextId,
  })
  return 'artifacts' in answered ? readText(answered.artifacts) : ''
}

function toPart(content: NonNullable<Part['content']>): Part {
  return { content, metadata: undefined, filename: '', mediaType: '' }
}

function toMessage(parts: Part[]): Message {
  return {
    messageId: crypto.randomUUID(),
    contextId: '',
    taskId: '',
    role: Role.ROLE_USER,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  }
}

function readText(artifacts: readonly { readonly parts: readonly Part[] }[]): string {
  const parts = artifacts.flatMap(({ parts: all }) => all)
  return parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join('')
}
