import { useEffect } from 'preact/hooks'
import type { TraceDetail } from '../../../client.ts'
import { useKeys } from '../../app/keys.ts'
import { place, setQuery } from '../../app/router.ts'
import { formatDuration, now } from '../../app/time.ts'
import type { IconName } from '../../parts/icon.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { isNarrow, Table } from '../../parts/table.tsx'
import { texts } from '../../texts.ts'
import { SpanPanel } from './span-panel.tsx'
import { runTexts } from './texts.ts'
import { layOut, type Span, stretchOf, type Timeline } from './timeline.ts'

const icons: Record<Span['kind'], IconName> = {
  agent: 'agent',
  generation: 'model',
  tool: 'tool',
  approval: 'person',
}

/** The steps of a run over time. Times without work are squeezed; a click opens a step. */
export function Waterfall({
  trace,
  attempts,
}: {
  readonly trace: TraceDetail
  readonly attempts: ReadonlyMap<number, number>
}) {
  const isOpen = trace.endedAt === undefined
  const timeline = layOut(trace.observations, isOpen ? now.value : now.peek())
  const chosen = place.value.query.get('span')
  const span = trace.observations.find(({ id }) => id === chosen)
  const choose = (id: string | null) => setQuery({ span: id })
  useStepKeys(trace.observations, chosen, choose)
  return (
    <div class="split">
      <Table
        label={runTexts.waterfall}
        rows={trace.observations}
        rowHeight={30}
        keyOf={({ id }) => id}
        isMarked={({ id }) => id === chosen}
        columns={[
          {
            id: 'step',
            title: runTexts.step,
            width: isNarrow.value ? '44%' : 'minmax(180px, 30%)',
            cell: (one) => (
              <StepLabel span={one} attempt={attempts.get(one.turn ?? -1)} onOpen={choose} />
            ),
          },
          {
            id: 'time',
            title: <Scale timeline={timeline} />,
            width: 'minmax(0, 1fr)',
            cell: (one) => <Bar span={one} timeline={timeline} />,
          },
          {
            id: 'duration',
            title: runTexts.duration,
            width: '74px',
            align: 'end',
            wideOnly: true,
            cell: (one) => {
              const { from, to } = stretchOf(one, now.peek())
              return formatDuration(to - from)
            },
          },
        ]}
      />
      {span && <SpanPanel span={span} trace={trace} onClose={() => choose(null)} />}
    </div>
  )
}

function useStepKeys(
  spans: readonly Span[],
  chosen: string | null,
  choose: (id: string | null) => void,
) {
  useKeys([{ keys: 'Escape', label: runTexts.closeSpan, run: () => choose(null) }])
  useEffect(() => {
    if (chosen !== null && !spans.some(({ id }) => id === chosen) && spans.length > 1) choose(null)
  }, [chosen, spans.length])
}

function StepLabel({
  span,
  attempt,
  onOpen,
}: {
  readonly span: Span
  readonly attempt: number | undefined
  onOpen(id: string): void
}) {
  const retries = span.kind === 'generation' ? (span.events?.length ?? 0) : 0
  return (
    <button type="button" class={`row-link step ${span.kind}`} onClick={() => onOpen(span.id)}>
      <Icon name={icons[span.kind]} />
      <Name text={span.name} max={60} />
      {retries > 0 && <em class="wait">{runTexts.retries(retries)}</em>}
      {span.kind === 'generation' && attempt !== undefined && (
        <em class="wait">{runTexts.attempt(attempt)}</em>
      )}
    </button>
  )
}

const percent = (share: number) => `${Math.round(share * 10_000) / 100}%`

function Bar({ span, timeline }: { readonly span: Span; readonly timeline: Timeline }) {
  const { from, to } = stretchOf(span, now.peek())
  const left = timeline.place(from)
  const width = timeline.place(to) - left
  const first = span.kind === 'generation' ? span.metadata.firstDeltaMs : undefined
  const status = span.status === 'running' ? 'running' : span.status
  return (
    <span
      class="lane"
      title={`${formatDuration(to - from)} · ${texts.status[toRunStatus(status)]}`}
    >
      {timeline.gaps.map((gap) => (
        <i
          key={gap.from}
          class="gap"
          style={{ left: percent(gap.at), width: percent(gap.width) }}
        />
      ))}
      <i
        class={`bar ${span.kind} ${status}`}
        style={{ left: percent(left), width: percent(width) }}
      >
        {first !== undefined && (
          <i
            class="first"
            style={{ width: percent(Math.min(1, first / Math.max(to - from, 1))) }}
          />
        )}
      </i>
    </span>
  )
}

function toRunStatus(status: Span['status']) {
  if (status === 'success') return 'succeeded'
  return status === 'error' ? 'failed' : status
}

/** What the squeezed times are and where the time of work stands, above the bars. */
function Scale({ timeline }: { readonly timeline: Timeline }) {
  return (
    <div class="scale">
      <b class="unseen">{runTexts.time}</b>
      {timeline.ticks.map(({ at, ms }) => (
        <span key={ms} style={{ left: percent(at) }}>
          {formatDuration(ms)}
        </span>
      ))}
    </div>
  )
}
