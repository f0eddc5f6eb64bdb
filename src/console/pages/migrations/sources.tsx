import type { Answers } from '../../../client.ts'
import { hrefOf } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import type { MigrationRow } from './lanes.ts'
import { MigrationState } from './state.tsx'
import { migrationsTexts as texts } from './texts.ts'

type List = Answers['/studio/migrations']

const sourceTones = { ready: 'good', uninitialised: 'wait', unknown: 'bad' } as const

/** Each app with its tool: how far it is, and what that was read from. */
export function Sources({ list: { apps, sources } }: { readonly list: List }) {
  if (apps.length === 0)
    return <Empty title={texts.empty} hint={texts.emptyHint} icon="migrations" />
  return (
    <div class="scroll db-cards">
      {apps.map((app) => {
        const source = sources.find(({ app_label }) => app_label === app.app_label)
        return (
          <section key={app.app_label} class="db-card" aria-label={app.app_label.slice(0, 200)}>
            <h2>
              <a href={hrefOf(`/migrations?app=${encodeURIComponent(app.app_label)}`)}>
                <Name text={app.app_label} />
              </a>{' '}
              <span class="db-tag">{app.tool}</span>
            </h2>
            <dl>
              <dt>{texts.sources.counts}</dt>
              <dd class="db-notes">
                {app.total === 0 && texts.nothing}
                {Object.entries(app.states).map(([state, count]) => (
                  <span key={state} class="number">
                    {count} <MigrationState of={state as MigrationRow['state']} />
                  </span>
                ))}
              </dd>
              <dt>{texts.sources.heads}</dt>
              <dd class={app.has_conflicts ? 'wait' : undefined}>
                <Name text={app.head_migrations.join(', ') || texts.nothing} max={400} />
              </dd>
            </dl>
            {source && <SourceFacts source={source} />}
          </section>
        )
      })}
    </div>
  )
}

/** What the states of an app were read from, and what was wrong with it. */
export function SourceFacts({ source }: { readonly source: List['sources'][number] }) {
  const { status, tables, problems } = source
  return (
    <dl>
      <dt>{texts.sources.status}</dt>
      <dd>
        <Badge tone={sourceTones[status]}>{texts.status[status]}</Badge>
      </dd>
      <dt>{texts.sources.tables}</dt>
      <dd class="mono">
        {tables.length === 0 ? (
          <span class="quiet">{texts.noTables}</span>
        ) : (
          <Name text={tables.join(', ')} />
        )}
      </dd>
      {problems.length > 0 && (
        <>
          <dt>{texts.sources.problems}</dt>
          <dd class="bad">
            {problems.slice(0, 20).map((problem) => (
              <div key={problem}>
                <Name text={problem} max={500} />
              </div>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}
