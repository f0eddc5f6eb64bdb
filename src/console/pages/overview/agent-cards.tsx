import { hrefOf } from '../../app/router.ts'
import { Name } from '../../parts/plain-text.tsx'
import { Time } from '../../parts/when.tsx'
import { texts as shared } from '../../texts.ts'
import { Countdown } from '../approvals/countdown.tsx'
import { Card, Facts } from './card.tsx'
import { countSince, dayMs, hourMs, type OverviewData } from './figures.ts'
import { overviewTexts as texts } from './texts.ts'

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
              [texts.hour, <Period key="hour" data={{ recent, failures }} ms={hourMs} />],
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
