import type { ChangeInfo } from '../../../client.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { Sql } from '../../parts/sql.tsx'
import { Time } from '../../parts/when.tsx'
import { Points } from './points.tsx'
import { changesTexts as texts } from './texts.ts'

/** The migration that the files of a change set are. */
type Migration = NonNullable<ChangeInfo['migration']>

type Run = NonNullable<Migration['run']>

const tones = {
  running: 'live',
  migrated: 'good',
  drifted: 'bad',
  failed: 'bad',
  reverted: 'off',
} as const satisfies Record<Run['status'], Tone>

/** What a migration is, whether it was proved, and what became of it in the database. */
export function MigrationFacts({
  migration: { tool, app, names, reversible, run },
  proof,
}: {
  readonly migration: Migration
  readonly proof: ChangeInfo['proof']
}) {
  return (
    <Section title={texts.migration}>
      <dl>
        <dt>{texts.names}</dt>
        <dd>
          <Name text={names.join(', ')} max={500} />{' '}
          <span class="quiet">
            <Name text={`${tool} · ${app}`} max={200} />
          </span>
        </dd>
        {proof && (
          <>
            <dt>{texts.proof}</dt>
            <dd>
              <Proof of={proof} />
            </dd>
          </>
        )}
        <dt>{texts.wayBack}</dt>
        <dd>{reversible ? texts.hasWayBack : texts.hasNone}</dd>
        <dt>{texts.database}</dt>
        <dd>
          {run ? (
            <>
              <Badge tone={tones[run.status]}>{texts.runs[run.status]}</Badge> <Time at={run.at} />
              <Name text={run.message ?? ''} max={1_000} />
            </>
          ) : (
            texts.notRun
          )}
        </dd>
      </dl>
      <Points title={texts.databaseDiffers} tone="bad" items={run?.drift ?? []} />
      {proof?.ran && (
        <>
          <Points title={texts.copyDiffers} tone="bad" items={proof.drift} />
          <Points title={texts.newFindings} tone="wait" items={proof.lint_new} />
        </>
      )}
    </Section>
  )
}

function Proof({ of: proof }: { readonly of: NonNullable<ChangeInfo['proof']> }) {
  if (!proof.ran) {
    return (
      <>
        <Badge tone="wait">{texts.notTried}</Badge> <Name text={proof.reason} max={500} />
      </>
    )
  }
  return proof.drift.length === 0 ? (
    <Badge tone="good">{texts.proved}</Badge>
  ) : (
    <Badge tone="bad">{texts.disproved}</Badge>
  )
}

/** Each statement with its lock and what else it costs. */
export function Statements({ of: { statements } }: { readonly of: Migration }) {
  return (
    <Section title={texts.statements}>
      {statements.map(({ sql, lock, rewrites, transaction, note }, index) => {
        const costs = [
          lock === null ? texts.noLock : texts.lock(lock),
          rewrites !== false && (rewrites ? texts.rewrites : texts.mayRewrite),
          transaction !== 'shared' && texts.transactions[transaction],
          note,
        ]
        return (
          <div key={index} class="statement">
            <Sql text={sql} />
            <p class="quiet">
              <Name text={costs.filter(Boolean).join(' · ')} max={1_000} />
            </p>
          </div>
        )
      })}
    </Section>
  )
}
