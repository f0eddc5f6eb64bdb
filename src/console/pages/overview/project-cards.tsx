import { about } from '../../app/about.ts'
import { formatDuration } from '../../app/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Card, Facts } from './card.tsx'
import type { OverviewData } from './figures.ts'
import { overviewTexts as texts } from './texts.ts'

/** Whether the database answers, and how fast. */
export function DatabaseCard({ data: { health } }: { readonly data: OverviewData }) {
  return (
    <Card title={texts.database} loaded={health}>
      {({ database }) => (
        <>
          <p>
            <Badge tone={database.connected ? 'good' : 'bad'}>
              {database.connected ? texts.connected : texts.disconnected}
            </Badge>{' '}
            <span class="quiet">{database.dialect}</span>
          </p>
          {database.last_error !== null && (
            <p class={database.connected ? 'wait small' : 'bad small'}>
              <Name text={database.last_error} max={300} />
            </p>
          )}
          <Facts
            rows={[
              ...(database.latency_ms === null
                ? []
                : [[texts.latency, formatDuration(database.latency_ms)] as const]),
              [texts.pool, texts.poolOf(database.pool_available, database.pool_size)],
            ]}
          />
        </>
      )}
    </Card>
  )
}

/** How far the project is migrated. */
export function MigrationsCard({ data: { migrations } }: { readonly data: OverviewData }) {
  return (
    <Card title={texts.migrations} page="migrations" loaded={migrations}>
      {({ applied_migrations, total_migrations, pending_migrations, conflicts, last_applied }) => (
        <>
          <progress
            aria-label={texts.applied}
            max={Math.max(total_migrations, 1)}
            value={applied_migrations}
          />
          <Facts
            rows={[
              [texts.applied, texts.appliedOf(applied_migrations, total_migrations)],
              [texts.pendingCount, pending_migrations],
              [
                texts.branched,
                conflicts.length === 0 ? (
                  '0'
                ) : (
                  <span key="branched" class="bad">
                    <Name text={conflicts.map(({ app_label }) => app_label).join(', ')} max={60} />
                  </span>
                ),
              ],
              ...(last_applied === null
                ? []
                : [[texts.last, <Name key="last" text={last_applied} max={40} />] as const]),
            ]}
          />
        </>
      )}
    </Card>
  )
}

/** What the rules found in the schema, by severity. */
export function FindingsCard({ data: { schema } }: { readonly data: OverviewData }) {
  const tones = { danger: 'bad', warning: 'wait', info: 'live' } as const
  return (
    <Card title={texts.findings} page="health" loaded={schema}>
      {({ issue_counts, suppressed_count, lint_status }) => (
        <>
          <p class="figures">
            {(['danger', 'warning', 'info'] as const).map((name) => (
              <span key={name} class={issue_counts[name] === 0 ? 'quiet' : tones[name]}>
                <b>{issue_counts[name].toLocaleString()}</b> {texts.severities[name]}
              </span>
            ))}
          </p>
          {lint_status === null && <p class="quiet">{texts.noRules}</p>}
          {suppressed_count > 0 && <p class="quiet small">{texts.suppressed(suppressed_count)}</p>}
        </>
      )}
    </Card>
  )
}

/** What this project consists of. */
export function ProjectCard({ data: { status, context } }: { readonly data: OverviewData }) {
  const handshake = about.value?.handshake
  const parts = context.data
  return (
    <Card title={texts.project} loaded={status}>
      {({ counts, storage }) => (
        <Facts
          rows={[
            [texts.agents, counts.agents],
            ...(storage.sessions === undefined
              ? []
              : [[texts.sessions, counts.sessions.toLocaleString()] as const]),
            ...(parts
              ? [
                  [texts.models, parts.model_count.toLocaleString()] as const,
                  [texts.routes, parts.route_count.toLocaleString()] as const,
                  [texts.tools, parts.ai_tool_count.toLocaleString()] as const,
                ]
              : []),
            [texts.storage, storage.runs],
            ...(handshake
              ? [
                  [
                    texts.runtime,
                    <Name key="r" text={handshake.project.python_version} max={40} />,
                  ] as const,
                ]
              : []),
          ]}
        />
      )}
    </Card>
  )
}
