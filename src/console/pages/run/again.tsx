import { useState } from 'preact/hooks'
import type { RunInfo, TraceDetail } from '../../../client.ts'
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
    try {
      const started = await client.runs.start(run.agentId, {
        message: { role: 'user', content: [{ type: 'text', text }, ...others] },
        ...(isSameSession && run.sessionId !== undefined ? { sessionId: run.sessionId } : {}),
        ...(run.sessionId === undefined && trace ? { history: [...trace.input.history] } : {}),
        ...(run.model === undefined ? {} : { model: run.model }),
        ...(run.metadata === undefined ? {} : { metadata: run.metadata }),
      })
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
          <label class="check">
            <input
              type="checkbox"
              checked={isSameSession}
              onChange={({ currentTarget }) => setSameSession(currentTarget.checked)}
            />
            {runTexts.againSession}
          </label>
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

type UserPart = Extract<ShownMessage, { role: 'user' }>['content'][number]

function readText(message: ShownMessage): string {
  if (message.role !== 'user') return ''
  return message.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

function otherParts(message: ShownMessage): Exclude<UserPart, { type: 'text' }>[] {
  if (message.role !== 'user') return []
  return message.content.flatMap((part) => (part.type === 'text' ? [] : [part]))
}
