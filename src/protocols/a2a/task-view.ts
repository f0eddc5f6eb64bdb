import type { WireApproval } from '../../agents/answers/approval-answers.ts'
import { toJson } from '../../lib/json.ts'
import type { LoggedEvent } from '../shared/run-events.ts'
import type { View } from '../shared/view.ts'
import type { StreamResponse, WireArtifact, TaskStatus, WireTask } from './a2a-answers.ts'
import { artifactIdOf, type TaskIds, toQuestion, toReason } from './tasks.ts'

/** One event of a stream, or its end because this process can tell no more. */
export type Frame = StreamResponse | { readonly cut: string }

/** Translates the events of a run, and keeps what it needs of those before. */
export type TaskEvents = (event: LoggedEvent) => StreamResponse[]

type EventOf<Type extends LoggedEvent['type']> = Extract<LoggedEvent, { type: Type }>

/** Creates the translation of the events of one run, from its first event on. */
export function createTaskEvents(ids: TaskIds): TaskEvents {
  const approvals = new Map<string, WireApproval>()
  const texts = createTexts(ids)
  let state: TaskStatus['state'] = 'TASK_STATE_SUBMITTED'
  const enter = (status: TaskStatus, metadata?: object): StreamResponse[] => {
    if (status.state === state) return []
    state = status.state
    const more = metadata ? { metadata: toJson(metadata) as Record<string, never> } : {}
    return [{ statusUpdate: { ...ids, status, ...more } }]
  }
  const work = () => enter({ state: 'TASK_STATE_WORKING' })

  return (event) => {
    switch (event.type) {
      case 'turn_start':
        return [...work(), ...texts.start(event)]
      case 'text_delta':
        return texts.delta(event)
      case 'turn_end':
        return texts.close()
      case 'tool_approval_request':
        approvals.set(event.approval.id, event.approval)
        return []
      case 'run_resumed':
        return work()
      case 'run_waiting': {
        const asked = event.approvalIds.flatMap((id) => approvals.get(id) ?? [])
        const timestamp = asked.at(-1)?.requestedAt
        return enter({
          state: 'TASK_STATE_INPUT_REQUIRED',
          message: toQuestion(ids, asked),
          ...(timestamp === undefined ? {} : { timestamp }),
        })
      }
      case 'final':
        return [
          ...texts.end(event.output),
          ...enter({ state: 'TASK_STATE_COMPLETED' }, { usage: event.usage }),
        ]
      case 'error': {
        const { error, usage } = event
        const status = { state: 'TASK_STATE_FAILED', ...toReason(ids, error.message) } as const
        return [...texts.close(), ...enter(status, { usage, error: { code: error.code } })]
      }
      case 'cancelled': {
        const status = { state: 'TASK_STATE_CANCELED', ...toReason(ids, event.reason) } as const
        return [...texts.close(), ...enter(status, { usage: event.usage })]
      }
      default:
        return [] // reasoning and the calls of tools have no shape
    }
  }
}

/** The text of each turn is an artifact. */
function createTexts(ids: TaskIds) {
  let turn = 0
  let attempt = 1
  /** The artifact of this turn; null while it has none. */
  let current: string | null = null
  let isOpen = false
  const update = (artifact: WireArtifact, append: boolean, lastChunk: boolean) => [
    { artifactUpdate: { ...ids, artifact, append, lastChunk } },
  ]
  const close = (): StreamResponse[] => {
    if (!isOpen || current === null) return []
    isOpen = false
    return update({ artifactId: current, parts: [{ text: '' }] }, true, true)
  }
  function delta({ delta: text }: Pick<EventOf<'text_delta'>, 'delta'>): StreamResponse[] {
    const append = current !== null && isOpen
    current ??= artifactIdOf(turn, attempt)
    isOpen = true
    return update({ artifactId: current, parts: [{ text }] }, append, false)
  }
  return {
    close,
    delta,
    /** A turn that begins again takes back the text that its lost attempt showed. */
    start(event: EventOf<'turn_start'>): StreamResponse[] {
      const lost = event.turn === turn ? current : null
      turn = event.turn
      attempt = event.attempt ?? 1
      current = null
      isOpen = false
      if (lost === null) return []
      const next = artifactIdOf(turn, attempt)
      const metadata = next === lost ? {} : { metadata: { supersededBy: next } }
      return update({ artifactId: lost, parts: [{ text: '' }], ...metadata }, false, true)
    },
    /** A run that nobody watched has no deltas: its text comes at once. */
    end(output: string): StreamResponse[] {
      return current === null && output !== '' ? [...delta({ delta: output }), ...close()] : close()
    },
  }
}

/** Collects the artifacts that events tell of. */
export function createArtifacts() {
  const texts = new Map<string, string>()
  return {
    take(response: StreamResponse): void {
      if (!('artifactUpdate' in response)) return
      const { artifact, append } = response.artifactUpdate
      const text = artifact.parts.map((part) => part.text ?? '').join('')
      const before = append ? (texts.get(artifact.artifactId) ?? '') : ''
      if (artifact.metadata) texts.delete(artifact.artifactId)
      else texts.set(artifact.artifactId, before + text)
    },
    list: (): WireArtifact[] =>
      [...texts].flatMap(([artifactId, text]) => (text ? [{ artifactId, parts: [{ text }] }] : [])),
  }
}

/** Shows a task as it stands, and then what happens to it. */
export function taskView(task: WireTask, events: TaskEvents): View<Frame> {
  return {
    begin: () => [{ task }],
    event: events,
    end: (reason) =>
      reason === 'cut' ? [{ cut: 'The stream was cut off: subscribe to the task again' }] : [],
  }
}
