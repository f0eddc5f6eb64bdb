import type { Answers } from '../../../client.ts'
import { setQuery } from '../../app/router.ts'
import { Button, CopyButton } from '../../parts/button.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { Time } from '../../parts/when.tsx'
import type { MigrationRow } from './lanes.ts'
import { placeOfMigration } from './migration-table.tsx'
import { SourceFacts } from './sources.tsx'
import { MigrationState } from './state.tsx'
import { migrationsTexts as texts } from './texts.ts'

/** One migration: its state, what it depends on, and what the state was read from. */
export function MigrationDetail({
  row,
  rows,
  list,
}: {
  readonly row: MigrationRow
  readonly rows: readonly MigrationRow[]
  readonly list: Answers['/studio/migrations']
}) {
  const { key, app, name, state, tool, message, checksum } = row
  const after = rows.filter(({ dependencies }) => dependencies.includes(key))
  const source = list.sources.find(({ app_label }) => app_label === app)
  return (
    <div class="scroll db-detail">
      <header>
        <MigrationState of={state} />
        <span class="quiet">
          <Name text={[app, tool].filter(Boolean).join(' · ')} />
        </span>
        <span class="push">
          <Button
            kind="bare"
            icon="close"
            label={texts.close}
            onClick={() => setQuery({ migration: null })}
          />
        </span>
      </header>
      <h2>
        <PlainText text={name} />
      </h2>
      <p>{texts.stateHints[state]}</p>
      {message !== null && <PlainText text={message} />}
      <Section title={texts.columns.applied}>
        {row.appliedAt === null ? (
          <span class="quiet">{state === 'applied' ? texts.unknownTime : '—'}</span>
        ) : (
          <Time at={row.appliedAt} />
        )}
      </Section>
      <Section title={texts.dependsOn}>
        <Links keys={row.dependencies} />
      </Section>
      <Section title={texts.dependents}>
        <Links keys={after.map((other) => other.key)} />
      </Section>
      <Section title={texts.checksum}>
        <Checksum checksum={checksum} />
      </Section>
      {source && (
        <Section title={texts.rests}>
          <SourceFacts source={source} />
        </Section>
      )}
    </div>
  )
}

function Links({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return <span class="quiet">{texts.nothing}</span>
  return (
    <ul class="db-objects">
      {keys.slice(0, 100).map((key) => (
        <li key={key}>
          <a href={placeOfMigration(key)}>
            <Name text={key} />
          </a>
        </li>
      ))}
    </ul>
  )
}

function Checksum({ checksum }: Pick<MigrationRow, 'checksum'>) {
  if (checksum === null) return <span class="quiet">{texts.noChecksum}</span>
  return (
    <span class="checksum">
      <code>{checksum}</code> <CopyButton text={checksum} />
    </span>
  )
}
