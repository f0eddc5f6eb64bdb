import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { ChangeInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { hasEndpoint } from '../../app/about.ts'
import { useKeys } from '../../app/keys.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Sql } from '../../parts/sql.tsx'
import { RequestId } from '../../parts/states.tsx'
import { texts as shared } from '../../texts.ts'
import { Points } from './points.tsx'
import { describeRefusal } from './refusal.ts'
import { changesTexts as texts } from './texts.ts'

const { changes, plans } = client

/** What can be done with the files of a change set, and with its migration. */
const calls = {
  apply: (change: ChangeInfo) => changes.apply(change),
  applyPlan: async ({ id, digest }: ChangeInfo) => {
    const { success, steps, stands } = await plans.apply({ plan_id: id, digest })
    if (success) return
    const { id: step, error } = steps.at(-1) ?? { id: '?', error: null }
    throw new Error(texts.stepFailed(step, error ?? '?', stands.join(', ')))
  },
  rollBack: ({ id }: ChangeInfo) => changes.rollBack(id),
  migrate: (change: ChangeInfo) => changes.migrate(change),
  takeBack: (change: ChangeInfo) => changes.migrate(change, { direction: 'down' }),
}

type Action = keyof typeof calls

/** The decision about a change set, and what an approved or applied one can become. */
export function ChangeActions({
  change,
  onChanged,
}: {
  readonly change: ChangeInfo
  onChanged(): void
}) {
  const [asked, setAsked] = useState<Action | null>(null)
  const { isBusy, error, act } = useAct(() => {
    setAsked(null)
    onChanged()
  })
  const { status, approval, plan } = change
  const isPending = status === 'pending'
  const apply = plan && hasEndpoint('plan_apply') ? 'applyPlan' : 'apply'
  const isOpen = status === 'applied' && apply === 'applyPlan' && !isCompleted(change)
  const applyButton = (
    <Button
      why={isPending && approval.required ? texts.approveFirst : null}
      onClick={() => setAsked(apply)}
    >
      {texts[apply]}…
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
          {(status === 'approved' || isOpen) && applyButton}
          {status === 'applied' && <AppliedActions change={change} onAsk={setAsked} />}
        </div>
      )}
      {asked !== null && (
        <Confirmation
          change={change}
          action={asked}
          isBusy={isBusy}
          onClose={() => setAsked(null)}
          onConfirm={() => act(() => calls[asked](change))}
        />
      )}
    </div>
  )
}

/** Is everything that the plan has done? Until then it can be applied again, and goes on where it stopped. */
const isCompleted = ({ events }: ChangeInfo) => events.some(({ type }) => type === 'plan_completed')

/** What an applied change set can become, by what its migration has done. */
function AppliedActions({
  change: { migration },
  onAsk,
}: {
  readonly change: ChangeInfo
  onAsk(action: Action): void
}) {
  const run = migration?.run?.status
  const hasRun = run === 'migrated' || run === 'drifted'
  const runnable = hasEndpoint('migrate_change') ? migration : null
  return (
    <>
      {runnable && !hasRun && (
        <Button kind="main" icon="right" onClick={() => onAsk('migrate')}>
          {texts.migrate}…
        </Button>
      )}
      {runnable?.reversible && (hasRun || run === 'failed') && (
        <Button kind="danger" icon="again" onClick={() => onAsk('takeBack')}>
          {texts.takeBack}…
        </Button>
      )}
      <Button
        kind="danger"
        icon="again"
        why={hasRun ? texts.takeBackFirst : null}
        onClick={() => onAsk('rollBack')}
      >
        {texts.rollBack}…
      </Button>
    </>
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

/** Names what is done to which files, or in the database, before it is done. */
function Confirmation({
  change: { files, digest, migration, destructive },
  action,
  isBusy,
  onClose,
  onConfirm,
}: {
  readonly change: ChangeInfo
  readonly action: Action
  readonly isBusy: boolean
  onClose(): void
  onConfirm(): void
}) {
  const run = action === 'migrate' || action === 'takeBack' ? migration : null
  const names = run ? run.names : files.map(({ path }) => path)
  const count = run ? texts.migrations(names.length) : texts.files(names.length)
  return (
    <Dialog title={`${texts[action]}: ${count}`} onClose={onClose}>
      {run && <Points title={texts.destructive} tone="bad" items={destructive} />}
      <p>{texts.will[action]}</p>
      <p>
        <Name text={names.join(', ')} max={500} />
      </p>
      {action === 'migrate' && (
        <p>
          {texts.locks} <Name text={locksOf(run)} max={200} />
        </p>
      )}
      {action === 'takeBack' && (
        <div>
          <Sql text={run?.down ?? ''} />
        </div>
      )}
      <p class="quiet">
        {texts.digest} <code>{digest}</code>
      </p>
      <footer>
        <Button onClick={onClose}>{shared.cancel}</Button>
        <Button
          kind={action === 'takeBack' || action === 'rollBack' ? 'danger' : 'main'}
          busy={isBusy}
          onClick={onConfirm}
        >
          {texts[action]}
        </Button>
      </footer>
    </Dialog>
  )
}

/** Names each lock of a migration once. */
function locksOf(migration: ChangeInfo['migration']): string {
  const locks = migration?.statements.map(({ lock }) => lock).filter(Boolean)
  return [...new Set(locks)].join(', ') || texts.noLock
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
