import { useEffect, useState } from 'preact/hooks'
import type { RunInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { hrefOf } from '../../app/router.ts'
import { Status } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { drawOnChange } from '../../parts/draw-on-change.ts'
import { Icon } from '../../parts/icon.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Failure } from '../../parts/states.tsx'
import { toastError } from '../../parts/toast.tsx'
import { Duration } from '../../parts/when.tsx'
import { DecisionForm } from '../approvals/decision-form.tsx'
import { useTranscript } from '../run/live-run.ts'
import { FailedNote, Step, type StepProps } from '../run/transcript-view.tsx'
import { findSent } from './sending.ts'
import { chatTexts as texts } from './texts.ts'

/** A run of the conversation that is not over: its message, and what the agent does, as it happens. */
export function LiveRun({ run, onEnd }: { readonly run: RunInfo; onEnd(): void }) {
  return (
    <>
      <Prompt run={run} />
      {run.status === 'queued' ? <Queued run={run} /> : <Answering run={run} onEnd={onEnd} />}
    </>
  )
}

function Prompt({ run }: { readonly run: RunInfo }) {
  const sent = findSent(run.id)
  return (
    <section class="message user">
      <h3>{texts.you}</h3>
      <PlainText text={sent?.text ?? run.preview ?? ''} />
      {sent?.files.map(({ name }) => (
        <p key={name} class="file">
          <Icon name="attach" />
          <Name text={name} max={80} />
        </p>
      ))}
    </section>
  )
}

function Queued({ run }: { readonly run: RunInfo }) {
  return (
    <div class="turn-foot">
      <Status of="queued" />
      <span class="quiet">{texts.queued}</span>
      <Stop run={run} />
    </div>
  )
}

function Answering({ run, onEnd }: { readonly run: RunInfo; onEnd(): void }) {
  const live = useTranscript(run.id)
  const { end } = live
  const isWaiting = live.items.at(-1)?.kind === 'waiting'
  useEffect(() => {
    if (end) onEnd()
  }, [end])
  return (
    <>
      {live.items.slice(-300).map((item) => (
        <LiveStep key={item.key} item={item} isOver={end !== null} />
      ))}
      {end?.type === 'error' && <FailedNote error={end.error} />}
      {live.error !== null && <Failure error={live.error} onRetry={live.retry} />}
      {!end && live.error === null && (
        <div class="turn-foot">
          <Status of={isWaiting ? 'waiting' : 'running'} />
          <span class="quiet">
            <Duration from={run.startedAt ?? run.createdAt} />
          </span>
          <a href={hrefOf(`/runs/${encodeURIComponent(run.id)}`)}>{texts.run}</a>
          <Stop run={run} />
        </div>
      )}
    </>
  )
}

/** A call that waits is decided here; everything else looks as on the page of the run. */
const LiveStep = drawOnChange(({ item, isOver }: StepProps) => {
  const approval = item.kind === 'tool' && !isOver ? item.approval : null
  if (approval?.status !== 'pending') return <Step item={item} isOver={isOver} />
  return (
    <section class="pending-call" aria-label={texts.needsDecision}>
      <div class="section-head">
        <h3>
          <Icon name="person" /> {texts.needsDecision}: <Name text={approval.toolName} max={80} />
        </h3>
        <a href={hrefOf(`/approvals?approval=${encodeURIComponent(approval.id)}`)}>
          {texts.inInbox}
        </a>
      </div>
      {approval.requestReason !== undefined && <PlainText text={approval.requestReason} />}
      <DecisionForm
        approval={approval}
        hasKeys={false}
        onDecided={() => undefined}
        onElsewhere={() => undefined}
      />
    </section>
  )
})

function Stop({ run }: { readonly run: RunInfo }) {
  const [isStopping, setStopping] = useState(run.cancelRequestedAt !== undefined)
  const stop = async () => {
    setStopping(true)
    await client.runs.cancel(run.id).catch((error: unknown) => {
      setStopping(false)
      toastError(error)
    })
  }
  return (
    <Button icon="stop" busy={isStopping} onClick={() => void stop()}>
      {isStopping ? texts.stopping : texts.stop}
    </Button>
  )
}
