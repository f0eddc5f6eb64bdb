import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ApprovalInfo } from '../../../client.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { texts as shared } from '../../texts.ts'
import { decideMany } from './decide.ts'
import { approvalsTexts as texts } from './texts.ts'

const shownCalls = 8

/** Asks once more before several calls are decided alike, with one reason for all of them. */
export function DecideDialog({
  approvals,
  approved,
  onClose,
  onDone,
}: {
  readonly approvals: readonly ApprovalInfo[]
  readonly approved: boolean
  onClose(): void
  onDone(failed: readonly string[]): void
}) {
  const [given] = useState(approvals) // those that were chosen, whatever the list becomes meanwhile
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('[type=submit]')?.focus(), [])
  const title = (approved ? texts.approveMany : texts.rejectMany)(given.length)
  const submit = async () => {
    if (isBusy) return
    setBusy(true)
    const trimmed = reason.trim()
    onDone(await decideMany(given, { approved, ...(trimmed === '' ? {} : { reason: trimmed }) }))
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form}
        class="decide"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <CallNames approvals={given} />
        <p class="quiet">{approved ? texts.willRun(given.length) : texts.wontRun}</p>
        <label>
          {texts.reason} <span class="quiet">{shared.form.optional}</span>
          <input value={reason} onInput={({ currentTarget }) => setReason(currentTarget.value)} />
        </label>
        <footer>
          <Button onClick={onClose}>{shared.cancel}</Button>
          <Button kind={approved ? 'main' : 'danger'} busy={isBusy} submit>
            {title}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

function CallNames({ approvals }: { readonly approvals: readonly ApprovalInfo[] }) {
  return (
    <ul>
      {approvals.slice(0, shownCalls).map(({ id, toolName, requestReason, args }) => (
        <li key={id}>
          <strong>
            <Name text={toolName} max={60} />
          </strong>{' '}
          <Name text={requestReason ?? args} max={120} />
        </li>
      ))}
      {approvals.length > shownCalls && (
        <li class="quiet">{texts.more(approvals.length - shownCalls)}</li>
      )}
    </ul>
  )
}
