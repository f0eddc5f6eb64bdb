import { useEffect } from 'preact/hooks'
import type { RunInfo, TraceDetail } from '../../../client.ts'
import { serves } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { type Loaded, useLoaded } from '../../app/loaded.ts'
import type { PageProps } from '../../app/page-props.ts'
import { JsonView } from '../../parts/json-view.tsx'
import { Empty, Failure, Loading, Show } from '../../parts/states.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { RunHead } from './head.tsx'
import { type LiveTranscript, useTranscript } from './live-run.ts'
import { Log } from './log.tsx'
import { runTexts } from './texts.ts'
import { FailedNote, TranscriptView } from './transcript-view.tsx'
import { Waterfall } from './waterfall.tsx'

/** How often a run that goes on is read again, in milliseconds. Its events come by themselves. */
const refreshMs = 2_000

const tabs = Object.entries(runTexts.tabs).map(([id, title]) => ({ id, title }))

/** One run, as it goes on. */
export default function RunPage({ params: { runId = '' } }: PageProps) {
  const live = useTranscript(runId)
  const isOver = live.end !== null
  const loaded = useLoaded((signal) => client.runs.get(runId, { signal }), [runId], {
    everyMs: isOver ? 0 : refreshMs,
  })
  const traceId = loaded.data?.trace.traceId
  const trace = useLoaded(
    async (signal) =>
      traceId === undefined || !serves('traces') ? null : client.traces.get(traceId, { signal }),
    [traceId],
    { everyMs: isOver ? 0 : refreshMs },
  )
  useEffect(() => {
    // The events that changed it came before the answer: a decision, or the end.
    loaded.reload()
    trace.reload()
  }, [isOver, live.events.filter(({ type }) => type.startsWith('tool_approval')).length])
  return (
    <Show loaded={loaded}>
      {(run) => (
        <>
          <RunHead run={run} trace={trace.data} onChange={loaded.reload} />
          <Tabs label={runTexts.views} tabs={tabs} />
          <div
            id="tab-panel"
            role="tabpanel"
            aria-labelledby={`tab-${chosenTab(tabs)}`}
            class="tab-panel"
          >
            <View run={run} trace={trace} live={live} />
          </div>
        </>
      )}
    </Show>
  )
}

function View({
  run,
  trace,
  live,
}: {
  readonly run: RunInfo
  readonly trace: Loaded<TraceDetail | null>
  readonly live: LiveTranscript
}) {
  switch (chosenTab(tabs)) {
    case 'waterfall':
      if (!serves('traces')) return <Empty title={runTexts.noTraces} />
      if (trace.data) {
        return (
          <>
            {run.error && <FailedNote error={run.error} />}
            <Waterfall trace={trace.data} attempts={live.attempts} />
          </>
        )
      }
      return trace.error === null ? (
        <Loading />
      ) : (
        <Failure error={trace.error} onRetry={trace.reload} />
      )
    case 'log':
      return <Log events={live.events} />
    case 'raw':
      return (
        <div class="scroll">
          <h2>{runTexts.run}</h2>
          <JsonView value={run} />
          {trace.data && (
            <>
              <h2>{runTexts.trace}</h2>
              <JsonView value={trace.data} depth={1} />
            </>
          )}
        </div>
      )
    default:
      return <TranscriptView run={run} trace={trace.data} live={live} />
  }
}
