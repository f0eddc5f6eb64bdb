import { useEffect, useState } from 'preact/hooks'
import type { RunInfo, TraceDetail } from '../../../client.ts'
import { about } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { formatCount } from '../../app/numbers.ts'
import { hrefOf } from '../../app/router.ts'
import { formatDuration, now } from '../../app/time.ts'
import { Status } from '../../parts/badge.tsx'
import { Button, CopyButton } from '../../parts/button.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { toastError } from '../../parts/toast.tsx'
import { Duration, Time } from '../../parts/when.tsx'
import { RunAgain } from './again.tsx'
import { Fact } from './span-panel.tsx'
import { runTexts } from './texts.ts'
import { stretchOf } from './timeline.ts'

/** What a run is and how it stands, and what can be done with it. */
export function RunHead({
  run,
  trace,
  onChange,
}: {
  readonly run: RunInfo
  readonly trace: TraceDetail | null
  onChange(): void
}) {
  const [isAgain, setAgain] = useState(false)
  useKeys([{ keys: 'n', label: runTexts.again, run: () => setAgain(true) }])
  return (
    <header class="page-head run-head">
      <a class="quiet" href={hrefOf('/runs')}>
        {runTexts.back}
      </a>
      <h1>
        <Name text={run.preview ?? run.id} max={100} />
      </h1>
      <Status of={run.status} />
      <span class="push actions">
        {run.endedAt === undefined && <CancelButton run={run} onChange={onChange} />}
        <Button icon="again" onClick={() => setAgain(true)}>
          {runTexts.again}
        </Button>
      </span>
      <Facts run={run} trace={trace} />
      {isAgain && <RunAgain run={run} trace={trace} onClose={() => setAgain(false)} />}
    </header>
  )
}

/** Asks once more before it cancels, in its own place. */
function CancelButton({ run, onChange }: { readonly run: RunInfo; onChange(): void }) {
  const [isSure, setSure] = useState(false)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    if (!isSure) return
    const timer = setTimeout(() => setSure(false), 5_000)
    return () => clearTimeout(timer)
  }, [isSure])
  const cancel = async () => {
    setBusy(true)
    await client.runs.cancel(run.id).catch(toastError)
    setBusy(false)
    setSure(false)
    onChange()
  }
  return (
    <Button
      kind="danger"
      icon="stop"
      busy={isBusy}
      why={run.cancelRequestedAt === undefined ? null : runTexts.cancelling}
      onClick={() => (isSure ? void cancel() : setSure(true))}
    >
      {isSure ? runTexts.cancelSure : runTexts.cancel}
    </Button>
  )
}

function Facts({ run, trace }: { readonly run: RunInfo; readonly trace: TraceDetail | null }) {
  const agent = about.value?.config.agents.find(({ id }) => id === run.agentId)
  const { usage } = run
  return (
    <dl class="facts strip-facts">
      <Fact name={runTexts.agent}>
        <a href={hrefOf(`/runs?agent=${encodeURIComponent(run.agentId)}`)}>
          <Name text={agent?.name ?? run.agentId} max={60} />
        </a>
      </Fact>
      {run.sessionId !== undefined && (
        <Fact name={runTexts.session}>
          <a class="mono" href={hrefOf(`/runs?session=${encodeURIComponent(run.sessionId)}`)}>
            {run.sessionId.slice(0, 8)}
          </a>
        </Fact>
      )}
      <Fact name={runTexts.created}>
        <Time at={run.createdAt} />
      </Fact>
      <Fact name={runTexts.duration}>
        <Duration from={run.startedAt ?? run.createdAt} to={run.endedAt} />
      </Fact>
      {trace && <TraceFacts trace={trace} />}
      <Fact name={runTexts.turns}>{run.turns}</Fact>
      <Fact name={runTexts.tokens}>
        <span
          title={
            usage.cachedInputTokens > 0
              ? runTexts.cached(String(usage.cachedInputTokens))
              : undefined
          }
        >
          {runTexts.tokensOf(formatCount(usage.inputTokens), formatCount(usage.outputTokens))}
        </span>
      </Fact>
      <Fact name={runTexts.run}>
        <span class="mono">{run.id.slice(0, 8)}</span>
        <CopyButton text={run.id} />
      </Fact>
    </dl>
  )
}

function TraceFacts({ trace }: { readonly trace: TraceDetail }) {
  const ofKind = (kind: string) => trace.observations.filter((span) => span.kind === kind)
  const waited = ofKind('approval').map((span) => stretchOf(span, now.value))
  const waitedMs = waited.reduce((sum, { from, to }) => sum + to - from, 0)
  const [first] = trace.observations.flatMap((span) =>
    span.kind === 'generation' && span.metadata.firstDeltaMs !== undefined
      ? [span.metadata.firstDeltaMs]
      : [],
  )
  const tools = ofKind('tool').length
  return (
    <>
      {waited.length > 0 && <Fact name={runTexts.waited}>{formatDuration(waitedMs)}</Fact>}
      {first !== undefined && <Fact name={runTexts.firstToken}>{formatDuration(first)}</Fact>}
      {tools > 0 && <Fact name={runTexts.tools}>{tools}</Fact>}
    </>
  )
}
