import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { type ChangeInfo, conflictOf } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { messageOf } from '../../app/message.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { RequestId } from '../../parts/states.tsx'
import { texts as shared } from '../../texts.ts'
import { changesTexts as texts } from './texts.ts'

const { changes } = client

/** What can be done to the files of a change set. */
type FileAction = 'apply' | 'rollBack'

/** The decision about a change set, and what an approved or applied one can become. */
export function ChangeActions({
  change,
  onChanged,
}: {
  readonly change: ChangeInfo
  onChanged(): void
}) {
  const [asked, setAsked] = useState<FileAction | null>(null)
  const { isBusy, error, act } = useAct(() => {
    setAsked(null)
    onChanged()
  })
  const { status, approval } = change
  const isPending = status === 'pending'
  const applyButton = (
    <Button
      why={isPending && approval.required ? texts.approveFirst : null}
      onClick={() => setAsked('apply')}
    >
      {texts.apply}…
    </Button>
  )
  return (
    <div class="decision-form">
      {error !== null && (
        <div class="problem" role="alert">
          <Name text={describeRefusal(error)} max={1_000} />
          <RequestId of={error} />
        </div>
      )}
      {isPending ? (
        <Decision change={change} isBusy={isBusy} act={act}>
          {applyButton}
        </Decision>
      ) : (
        <div class="actions">
          {status === 'approved' && applyButton}
          {status === 'applied' && (
            <Button kind="danger" icon="again" onClick={() => setAsked('rollBack')}>
              {texts.rollBack}…
            </Button>
          )}
        </div>
      )}
      {asked !== null && (
        <Confirmation
          change={change}
          action={asked}
          isBusy={isBusy}
          onClose={() => setAsked(null)}
          onConfirm={() =>
            act(() => (asked === 'apply' ? changes.apply(change) : changes.rollBack(change.id)))
          }
        />
      )}
    </div>
  )
}

/** Sends one request at a time, and keeps why the last one failed. */
function useAct(onDone: () => void) {
  const [state, setState] = useState({ isBusy: false, error: null as unknown })
  const act = (call: () => Promise<unknown>) => {
    if (state.isBusy) return
    setState({ isBusy: true, error: null })
    const end = (error: unknown) => {
      setState({ isBusy: false, error })
      onDone()
    }
    call().then(() => end(null), end)
  }
  return { ...state, act }
}

function Decision({
  change,
  isBusy,
  act,
  children,
}: {
  readonly change: ChangeInfo
  readonly isBusy: boolean
  act(call: () => Promise<unknown>): void
  readonly children: ComponentChildren
}) {
  const [reason, setReason] = useState('')
  const decide = (approved: boolean) =>
    act(() => changes.decide(change, { approved, reason: reason || undefined }))
  useFocusKeys()
  return (
    <>
      <input
        aria-label={texts.reason}
        placeholder={texts.reason}
        value={reason}
        maxLength={10_000}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <div class="actions">
        <Button kind="main" icon="check" busy={isBusy} onClick={() => decide(true)}>
          {texts.approve}
        </Button>
        <Button kind="danger" icon="close" busy={isBusy} onClick={() => decide(false)}>
          {texts.reject}
        </Button>
        {children}
      </div>
    </>
  )
}

/** Names what is done to which files before it is done. */
function Confirmation({
  change: { files, digest },
  action,
  isBusy,
  onClose,
  onConfirm,
}: {
  readonly change: ChangeInfo
  readonly action: FileAction
  readonly isBusy: boolean
  onClose(): void
  onConfirm(): void
}) {
  const isApply = action === 'apply'
  return (
    <Dialog title={`${texts[action]}: ${texts.files(files.length)}`} onClose={onClose}>
      <p>{isApply ? texts.willWrite : texts.willRestore}</p>
      <p>
        <Name text={files.map(({ path }) => path).join(', ')} max={500} />
      </p>
      <p class="quiet">
        {texts.digest} <code>{digest}</code>
      </p>
      <footer>
        <Button onClick={onClose}>{shared.cancel}</Button>
        <Button kind={isApply ? 'main' : 'danger'} busy={isBusy} onClick={onConfirm}>
          {texts[action]}
        </Button>
      </footer>
    </Dialog>
  )
}

/** The keys lead to the buttons: whoever presses `a` sees what Enter will approve. */
function useFocusKeys() {
  const focus = (kind: string) => () =>
    document.querySelector<HTMLElement>(`.decision-form .actions ${kind}`)?.focus()
  useKeys([
    { keys: 'a', label: texts.approve, run: focus('.main') },
    { keys: 'r', label: texts.reject, run: focus('.danger') },
  ])
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
