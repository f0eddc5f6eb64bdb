import { useEffect } from 'preact/hooks'
import type { ChangeInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { setQuery } from '../../app/router.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { Show } from '../../parts/states.tsx'
import { Time } from '../../parts/when.tsx'
import { Countdown } from '../approvals/countdown.tsx'
import { ChangeActions } from './change-actions.tsx'
import { Diffs } from './diff.tsx'
import { MigrationFacts, Statements } from './migration.tsx'
import { Plan } from './plan.tsx'
import { Points } from './points.tsx'
import { changesTexts as texts } from './texts.ts'

const tones = {
  pending: 'wait',
  approved: 'good',
  applying: 'live',
  applied: 'good',
  migrating: 'live',
  rolling_back: 'live',
  rolled_back: 'off',
  rejected: 'bad',
  expired: 'off',
} as const satisfies Record<ChangeInfo['status'], Tone>

/** The state of a change set. */
export function ChangeBadge({ of }: { readonly of: ChangeInfo['status'] }) {
  return <Badge tone={tones[of]}>{texts.states[of]}</Badge>
}

/** One change set: what it takes away and its warnings first, then the decision, its diffs and its history. */
export function ChangeDetail({
  id,
  listed,
  onChanged,
}: {
  readonly id: string
  /** Its state in the list. It is read again when this changes. */
  readonly listed: string | undefined
  onChanged(): void
}) {
  const loaded = useLoaded((signal) => client.changes.get(id, { signal }), [id])
  const { data, reload } = loaded
  useEffect(() => {
    if (data && listed && listed !== data.status) reload()
  }, [listed])
  return (
    <div class="scroll db-detail">
      <Show loaded={loaded}>
        {(change) => (
          <>
            <header>
              <h2>{texts.files(change.files.length)}</h2>
              <ChangeBadge of={change.status} />
              <span class="push">
                <Button
                  kind="bare"
                  icon="close"
                  label={texts.close}
                  onClick={() => setQuery({ change: null })}
                />
              </span>
            </header>
            <Points title={texts.destructive} tone="bad" items={change.destructive} />
            <Points title={texts.warnings} tone="wait" items={change.warnings} />
            <Points title={texts.typeErrors} tone="bad" items={listTypeErrors(change)} />
            {change.reason !== null && <PlainText text={change.reason} />}
            <Facts change={change} />
            {change.plan && <Plan of={change.plan} />}
            {change.migration && (
              <MigrationFacts migration={change.migration} proof={change.proof} />
            )}
            <ChangeActions
              change={change}
              onChanged={() => {
                reload()
                onChanged()
              }}
            />
            {change.migration && <Statements of={change.migration} />}
            <Diffs files={change.files} />
            <History change={change} />
          </>
        )}
      </Show>
    </div>
  )
}

function listTypeErrors({ proof }: ChangeInfo): string[] {
  const errors = proof?.types?.errors ?? []
  return errors.map(({ path, line, message }) => [path, line, message].filter(Boolean).join(':'))
}

function Facts({ change }: { readonly change: ChangeInfo }) {
  const { created_by: by, created_at: at, expires_at: until, base, digest, status, commit } = change
  return (
    <dl>
      <dt>{texts.askedBy}</dt>
      <dd>
        <Name text={by ?? texts.unnamed} max={80} /> <Time at={at} />
      </dd>
      {(status === 'pending' || status === 'approved') && (
        <>
          <dt>{texts.expiry}</dt>
          <dd>
            <Countdown until={until} brief />
          </dd>
        </>
      )}
      <dt>{texts.base}</dt>
      <dd>
        <code>{base.commit ?? '—'}</code>
      </dd>
      <dt>{texts.digest}</dt>
      <dd>
        <code>{digest}</code>
      </dd>
      {commit && (
        <>
          <dt>{texts.branch}</dt>
          <dd>
            <code>{commit.branch}</code>
          </dd>
        </>
      )}
    </dl>
  )
}

function History({ change: { events } }: { readonly change: ChangeInfo }) {
  return (
    <Section title={texts.history}>
      <ol class="db-objects">
        {events.map(({ type, at, by, reason }, index) => (
          <li key={index}>
            <Time at={at} /> {type.replace('_', ' ')} <Name text={by ?? ''} max={80} />
            {reason !== null && <PlainText text={reason} />}
          </li>
        ))}
      </ol>
    </Section>
  )
}
