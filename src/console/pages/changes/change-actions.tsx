import { useState } from 'preact/hooks'
import { type ChangeInfo, conflictOf } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { messageOf } from '../../app/message.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { RequestId } from '../../parts/request-id.tsx'
import { texts as shared } from '../../texts.ts'
import { changesTexts as texts } from './texts.ts'

const { changes } = client

/** The decision about a change set, and what an approved or applied one can become. */
export function ChangeActions({
  change,
  onChanged,
}: {
  readonly change: ChangeInfo
  onChanged(): void
}) {
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState<'apply' | 'rollBack' | null>(null)
  const [{ isBusy, error }, setState] = useState({ isBusy: false, error: null as unknown })
  const { id, status, files } = change
  const isPending = status === 'pending'
  const act = async (call: () => Promise<unknown>) => {
    if (isBusy) return
    setState({ isBusy: true, error: null })
    const failure: unknown = await call().then(
      () => null,
      (given: unknown) => given,
    )
    setState({ isBusy: false, error: failure })
    setAsked(null)
    onChanged()
  }
  const decide = (approved: boolean) =>
    void act(() => changes.decide(change, { approved, reason: reason || undefined }))
  const count = texts.files(files.length)
  useFocusKeys(isPending)
  return (
    <div class="decision-form">
      {isPending && (
        <input
          aria-label={texts.reason}
          placeholder={texts.reason}
          value={reason}
          maxLength={10_000}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      )}
      {error !== null && (
        <div class="problem" role="alert">
          <Name text={describeRefusal(error)} max={1_000} />
          <RequestId of={error} />
        </div>
      )}
      <div class="actions">
        {isPending && (
          <>
            <Button kind="main" icon="check" busy={isBusy} onClick={() => decide(true)}>
              {texts.approve}
            </Button>
            <Button kind="danger" icon="close" busy={isBusy} onClick={() => decide(false)}>
              {texts.reject}
            </Button>
          </>
        )}
        {(isPending || status === 'approved') && (
          <Button
            why={isPending && change.approval.required ? texts.approveFirst : null}
            onClick={() => setAsked('apply')}
          >
            {texts.apply}…
          </Button>
        )}
        {status === 'applied' && (
          <Button kind="danger" icon="again" onClick={() => setAsked('rollBack')}>
            {texts.rollBack}…
          </Button>
        )}
      </div>
      {asked !== null && (
        <Dialog title={`${texts[asked]}: ${count}`} onClose={() => setAsked(null)}>
          <p>{asked === 'apply' ? texts.willWrite(count) : texts.willRestore(count)}</p>
          <p class="quiet">
            {texts.digest} <code>{change.digest}</code>
          </p>
          <footer>
            <Button onClick={() => setAsked(null)}>{shared.cancel}</Button>
            <Button
              kind={asked === 'apply' ? 'main' : 'danger'}
              busy={isBusy}
              onClick={() =>
                void act(() => (asked === 'apply' ? changes.apply(change) : changes.rollBack(id)))
              }
            >
              {texts[asked]}
            </Button>
          </footer>
        </Dialog>
      )}
    </div>
  )
}

/** The keys lead to the buttons: whoever presses `a` sees what Enter will approve. */
function useFocusKeys(isPending: boolean) {
  const focus = (kind: string) => () =>
    document.querySelector<HTMLElement>(`.decision-form .actions ${kind}`)?.focus()
  useKeys(
    isPending
      ? [
          { keys: 'a', label: texts.approve, run: focus('.main') },
          { keys: 'r', label: texts.reject, run: focus('.danger') },
        ]
      : [],
  )
}

/** Says why it was refused, and what to do next. */
function describeRefusal(error: unknown): string {
  const conflict = conflictOf(error)
  if (!conflict) return messageOf(error)
  const { reason, files = [], changed = [] } = conflict
  const states: Readonly<Record<string, string>> = texts.states
  const said = texts.refusals[reason] ?? texts.meanwhile(states[reason] ?? reason)
  const what = [...files, ...changed]
  return what.length === 0 ? said : `${said} ${texts.affected(what.slice(0, 5).join(', '))}`
}
