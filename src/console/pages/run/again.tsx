import { useState } from 'preact/hooks'
import type { RunBody, RunInfo, TraceDetail } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { navigate } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { toastError } from '../../parts/toast.tsx'
import { texts } from '../../texts.ts'
import type { ShownMessage } from './message-view.tsx'
import { runTexts } from './texts.ts'

/** Starts a new run with the prompt of this one, which may be edited before. */
export function RunAgain({
  run,
  trace,
  onClose,
}: {
  readonly run: RunInfo
  readonly trace: TraceDetail | null
  onClose(): void
}) {
  const prompt = trace?.input.prompt ?? null
  const [text, setText] = useState(prompt ? readText(prompt) : (run.preview ?? ''))
  const [isSameSession, setSameSession] = useState(run.sessionId !== undefined)
  const [isBusy, setBusy] = useState(false)
  const others = prompt ? otherParts(prompt) : []
  const start = async () => {
    setBusy(true)
    const body = toBody({ run, trace }, { text, others, isSameSession })
    try {
      const started = await client.runs.start(run.agentId, body)
      onClose()
      navigate(`/runs/${encodeURIComponent(started.id)}`)
    } catch (error) {
      toastError(error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={runTexts.again} onClose={onClose}>
      <p class="quiet">{runTexts.againHint}</p>
      <div>
        <label class="field">
          {runTexts.againPrompt}
          <textarea
            rows={6}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        {others.length > 0 && <p class="quiet">{runTexts.otherParts(others.length)}</p>}
        {run.sessionId !== undefined && (
          <SameSession isOn={isSameSession} onChange={setSameSession} />
        )}
      </div>
      <footer>
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button
          kind="main"
          icon="again"
          busy={isBusy}
          why={text.trim() === '' && others.length === 0 ? runTexts.againEmpty : null}
          onClick={() => void start()}
        >
          {runTexts.againStart}
        </Button>
      </footer>
    </Dialog>
  )
}

/** The body of a run like this one, with what was edited. */
function toBody(
  { run, trace }: { readonly run: RunInfo; readonly trace: TraceDetail | null },
  edited: {
    readonly text: string
    readonly others: readonly OtherPart[]
    readonly isSameSession: boolean
  },
): RunBody {
  const { text, others, isSameSession } = edited
  const { sessionId, model, metadata } = run
  return {
    message: {
      role: 'user',
      content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...others],
    },
    ...(isSameSession && sessionId !== undefined ? { sessionId } : {}),
    ...(sessionId === undefined && trace ? { history: [...trace.input.history] } : {}),
    ...(model === undefined ? {} : { model }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

function SameSession({
  isOn,
  onChange,
}: {
  readonly isOn: boolean
  onChange(isOn: boolean): void
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {runTexts.againSession}
    </label>
  )
}

type OtherPart = Exclude<
  Extract<ShownMessage, { role: 'user' }>['content'][number],
  { type: 'text' }
>

function readText(message: ShownMessage): string {
  if (message.role !== 'user') return ''
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function otherParts(message: ShownMessage): OtherPart[] {
  if (message.role !== 'user') return []
  return message.content.flatMap((part) => (part.type === 'text' ? [] : [part]))
}
