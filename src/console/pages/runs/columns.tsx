import type { AgentInfo, RunInfo } from '../../../client.ts'
import { formatCount } from '../../app/numbers.ts'
import { hrefOf } from '../../app/router.ts'
import { Status } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { type Column, isNarrow } from '../../parts/table.tsx'
import { Duration, Time } from '../../parts/when.tsx'
import { runsTexts } from './texts.ts'

/** The columns of the list of runs. */
export function toColumns(
  agents: readonly AgentInfo[],
  { selected, toggle }: { readonly selected: ReadonlySet<string>; toggle(id: string): void },
): readonly Column<RunInfo>[] {
  const names = new Map(agents.map(({ id, name }) => [id, name]))
  return [
    ...toFirstColumns(selected, toggle),
    {
      id: 'agent',
      title: columns.agent,
      width: 'minmax(90px, 150px)',
      wideOnly: true,
      cell: ({ agentId }) => <Name text={names.get(agentId) ?? agentId} max={60} />,
    },
    {
      id: 'tokens',
      title: columns.tokens,
      width: '64px',
      align: 'end',
      wideOnly: true,
      cell: ({ usage }) => formatCount(usage.totalTokens),
    },
    {
      id: 'duration',
      title: columns.duration,
      width: '84px',
      align: 'end',
      wideOnly: true,
      cell: ({ createdAt, startedAt, endedAt }) => (
        <Duration from={startedAt ?? createdAt} to={endedAt} />
      ),
    },
    {
      id: 'started',
      title: columns.started,
      width: '74px',
      align: 'end',
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ]
}

const { columns } = runsTexts

function toFirstColumns(
  selected: ReadonlySet<string>,
  toggle: (id: string) => void,
): readonly Column<RunInfo>[] {
  return [
    {
      id: 'select',
      title: <span class="unseen">{columns.select}</span>,
      width: '14px',
      cell: ({ id, preview }) => (
        <input
          type="checkbox"
          class="above"
          aria-label={runsTexts.select(preview ?? id)}
          checked={selected.has(id)}
          onChange={() => toggle(id)}
        />
      ),
    },
    {
      id: 'status',
      title: isNarrow.value ? <span class="unseen">{columns.status}</span> : columns.status,
      width: isNarrow.value ? '10px' : '94px',
      cell: ({ status }) => <Status of={status} isBrief={isNarrow.value} />,
    },
    {
      id: 'run',
      title: columns.run,
      width: 'minmax(0, 1fr)',
      cell: (run) => <RunCell run={run} />,
    },
  ]
}

function RunCell({ run }: { readonly run: RunInfo }) {
  const { id, preview, error, approvals, sessionId } = run
  const waiting = approvals.map(({ toolName }) => toolName).join(', ')
  return (
    <>
      <a class="row-link" href={hrefOf(`/runs/${encodeURIComponent(id)}`)}>
        <Name text={preview ?? runsTexts.withoutText} max={200} />
      </a>
      <small class="second">
        {error && (
          <span class="bad">
            {error.code}: <Name text={error.message} max={160} />
          </span>
        )}
        {waiting !== '' && <span class="wait">{runsTexts.waitsFor(waiting)}</span>}
        {!error && waiting === '' && <span class="mono">{id}</span>}
        {sessionId !== undefined && (
          <a class="above mono" href={hrefOf(`/runs?session=${encodeURIComponent(sessionId)}`)}>
            {runsTexts.session} {sessionId.slice(0, 8)}
          </a>
        )}
      </small>
    </>
  )
}
