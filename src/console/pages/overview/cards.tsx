import type { ComponentChildren } from 'preact'
import { about } from '../../app/about.ts'
import type { Loaded } from '../../app/loaded.ts'
import { hrefOf } from '../../app/router.ts'
import { formatDuration } from '../../app/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Show } from '../../parts/states.tsx'
import { Time } from '../../parts/when.tsx'
import { texts as shared } from '../../texts.ts'
import { Countdown } from '../approvals/countdown.tsx'
import { countSince, dayMs, lastHour, type OverviewData } from './overview-data.ts'
import { overviewTexts as texts } from './texts.ts'
import { pathOfPage } from './verdict.tsx'

/** A part of the overview, with a link to its page if the console has one. */
export function Card<T>({
  title,
  page,
  loaded,
  isWide = false,
  children,
}: {
  readonly title: string
  readonly page?: string
  readonly loaded: Loaded<T | null>
  readonly isWide?: boolean
  children(data: T): ComponentChildren
}) {
  const path = page === undefined ? null : pathOfPage(page)
  return (
    <section class={isWide ? 'card wide' : 'card'}>
      <h2>{path === null ? title : <a href={hrefOf(path)}>{title}</a>}</h2>
      <Show loaded={loaded as Loaded<T>} lines={3}>
        {children}
      </Show>
    </section>
  )
}

/** Names with values, one below the other. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[]
}) {
  return (
    <dl class="card-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** How many runs there are now, and how many there were. */
export function RunsCard({ data: { status, recent, failures } }: { readonly data: OverviewData }) {
  return (
    <Card title={texts.runs} page="runs" loaded={status}>
      {({ counts: { runs } }) => (
        <>
          <p class="figures">
            {(['running', 'waiting', 'queued'] as const).map((name) => (
              <a key={name} href={hrefOf(`/runs?status=${name}`)}>
                <b>{runs[name].toLocaleString()}</b> {shared.status[name]}
              </a>
            ))}
          </p>
          <Facts
            rows={[
              [texts.hour, <Period key="hour" data={{ recent, failures }} ms={lastHour} />],
              [texts.day, <Period key="day" data={{ recent, failures }} ms={dayMs} />],
            ]}
          />
        </>
      )}
    </Card>
  )
}

function Period({
  data: { recent, failures },
  ms,
}: {
  readonly data: Pick<OverviewData, 'recent' | 'failures'>
  readonly ms: number
}) {
  const failed = failures.data && countSince(failures.data, ms, 'endedAt')
  return (
    <>
      {recent.data && `${countSince(recent.data, ms, 'createdAt')} ${texts.started}`}
      {failed !== null && (
        <span class={failed === '0' ? 'quiet' : 'bad'}>
          {' '}
          · {failed} {texts.didFail}
        </span>
      )}
    </>
  )
}

/** The calls that wait longest. */
export function ApprovalsCard({ data: { approvals } }: { readonly data: OverviewData }) {
  return (
    <Card title={texts.approvals} page="approvals" loaded={approvals}>
      {(items) =>
        items.length === 0 ? (
          <p class="quiet">{texts.noApprovals}</p>
        ) : (
          <ul class="card-list">
            {items.map(({ id, toolName, requestReason, expiresAt }) => (
              <li key={id}>
                <a href={hrefOf(`/approvals?approval=${encodeURIComponent(id)}`)}>
                  <Name text={requestReason ?? toolName} max={90} />
                </a>
                <Countdown until={expiresAt} brief />
              </li>
            ))}
          </ul>
        )
      }
    </Card>
  )
}

/** The runs that failed last, and why. */
export function FailuresCard({ data: { failures } }: { readonly data: OverviewData }) {
  return (
    <Card title={texts.failures} loaded={failures}>
      {({ runs }) =>
        runs.length === 0 ? (
          <p class="quiet">{texts.noFailures}</p>
        ) : (
          <ul class="card-list">
            {runs.slice(0, 4).map(({ id, preview, error, endedAt }) => (
              <li key={id}>
                <a href={hrefOf(`/runs/${encodeURIComponent(id)}`)}>
                  <Name text={preview ?? id} max={90} />
                </a>
                <span class="quiet">{endedAt !== undefined && <Time at={endedAt} />}</span>
                {error && (
                  <span class="bad small">
                    <Name text={error.message} max={140} />
                  </span>
                )}
              </li>
            ))}
          </ul>
        )
      }
    </Card>
  )
}

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
