import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { RunInfo, TraceDetail } from '../../../client.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { drawOnChange } from '../../parts/draw-on-change.ts'
import { Icon } from '../../parts/icon.tsx'
import { Markdown } from '../../parts/markdown.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import type { LiveTranscript } from './live-run.ts'
import { Fold, MessageView } from './message-view.tsx'
import { runTexts } from './texts.ts'
import { ToolCard } from './tool-card.tsx'
import type { Item } from './transcript.ts'

/** How many steps are shown before a click; the newest ones. */
const shownFirst = 300

/** The conversation of a run as it streams: the prompt, texts, reasoning, tool calls, and how it ended. */
export function TranscriptView({
  run,
  trace,
  live,
}: {
  readonly run: RunInfo
  readonly trace: TraceDetail | null
  readonly live: LiveTranscript
}) {
  const [shown, setShown] = useState(shownFirst)
  const frame = useStick(live, run.endedAt === undefined)
  const hidden = Math.max(0, live.items.length - shown)
  const isOver = live.end !== null || run.endedAt !== undefined
  return (
    <div class="scroll transcript" ref={frame}>
      <div class="column">
        <h2 class="unseen">{runTexts.tabs.transcript}</h2>
        <Beginning run={run} trace={trace} />
        {hidden > 0 && (
          <Button kind="bare" onClick={() => setShown(shown + shownFirst)}>
            {runTexts.earlier(hidden)}
          </Button>
        )}
        {live.items.slice(hidden).map((item) => (
          <Step key={item.key} item={item} isOver={isOver} />
        ))}
        {live.items.length === 0 && live.error === null && <Nothing run={run} />}
        <End live={live} />
        {live.error !== null && <Failure error={live.error} onRetry={live.retry} />}
      </div>
    </div>
  )
}

/** Keeps the end in sight while a run goes on, unless the reader has scrolled up. */
function useStick(live: LiveTranscript, isOpen: boolean) {
  const frame = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const read = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60
    }
    element.addEventListener('scroll', read, { passive: true })
    return () => element.removeEventListener('scroll', read)
  }, [])
  useLayoutEffect(() => {
    const element = frame.current
    if (element && isOpen && isAtEnd.current && live.items.length > 0) {
      element.scrollTop = element.scrollHeight
    }
  }, [live.items])
  return frame
}

function Beginning({ run, trace }: { readonly run: RunInfo; readonly trace: TraceDetail | null }) {
  if (!trace) {
    if (run.preview === undefined) return null
    return (
      <section class="message user">
        <h3>{runTexts.user}</h3>
        <PlainText text={run.preview} />
      </section>
    )
  }
  const { instructions, history, prompt } = trace.input
  return (
    <>
      {instructions !== undefined && (
        <Fold title={runTexts.system}>
          <PlainText text={instructions} />
        </Fold>
      )}
      {history.length > 0 && (
        <Fold title={runTexts.history(history.length)}>
          {history.slice(-100).map((message, index) => (
            <MessageView key={index} message={message} />
          ))}
        </Fold>
      )}
      <MessageView message={prompt} />
    </>
  )
}

/** What a step of a transcript shows. */
export interface StepProps {
  readonly item: Item
  readonly isOver: boolean
}

/** One step of a transcript. */
export const Step = drawOnChange(({ item, isOver }: StepProps) => {
  switch (item.kind) {
    case 'text':
      return (
        <section class="message assistant">
          <Markdown text={item.text} />
        </section>
      )
    case 'reasoning':
      return (
        <Fold title={runTexts.reasoning} open={!isOver}>
          <PlainText text={item.text} />
        </Fold>
      )
    case 'tool':
      return <ToolCard item={item} isOver={isOver} />
    case 'hosted':
      return (
        <p class="note">
          <Icon name="tool" /> <Name text={item.name} max={80} /> {runTexts.providerTool}
          <Badge tone={item.status === 'error' ? 'bad' : item.status === 'done' ? 'good' : 'live'}>
            {item.status}
          </Badge>
        </p>
      )
    case 'source':
      return <SourceLink title={item.title} url={item.url} />
    case 'attempt':
      return (
        <p class="note wait">
          <Icon name="again" /> {runTexts.takenOver(item.attempt)}
        </p>
      )
    default:
      return (
        <p class="note quiet">
          <Icon name={item.kind === 'waiting' ? 'person' : 'right'} />
          {item.kind === 'waiting' ? runTexts.waiting : runTexts.resumed}
        </p>
      )
  }
})

function SourceLink({ title, url }: { readonly title: string; readonly url: string | null }) {
  const isLink = url !== null && /^https?:\/\//.test(url)
  return (
    <p class="note">
      <Icon name="link" /> {runTexts.source}:{' '}
      {isLink ? (
        <a href={url} target="_blank" rel="noopener noreferrer">
          <Name text={title} max={120} />
        </a>
      ) : (
        <Name text={title} max={120} />
      )}
    </p>
  )
}

function Nothing({ run }: { readonly run: RunInfo }) {
  if (run.endedAt !== undefined || run.status === 'running') return <Loading lines={3} />
  return <Empty title={runTexts.nothingYet} hint={runTexts.nothingYetHint} icon="runs" />
}

function End({ live: { end } }: { readonly live: LiveTranscript }) {
  if (!end) return null
  if (end.type === 'final') {
    const { finishReason = 'stop' } = end
    return finishReason === 'stop' ? null : <p class="note wait">{runTexts.finish(finishReason)}</p>
  }
  if (end.type === 'cancelled') {
    return (
      <p class="note quiet">
        <Icon name="stop" /> {runTexts.cancelled}
        {end.reason !== undefined && (
          <>
            : <Name text={end.reason} max={300} />
          </>
        )}
      </p>
    )
  }
  return <FailedNote error={end.error} />
}

/** Why a run failed, in its own words. */
export function FailedNote({ error }: { readonly error: NonNullable<RunInfo['error']> }) {
  return (
    <div class="failed-note" role="note">
      <Icon name="warning" />
      <div>
        <strong>
          {runTexts.failed}: {error.code}
        </strong>
        <PlainText text={`${error.name}: ${error.message}`} />
        {error.status !== undefined && <p>{runTexts.status(error.status)}</p>}
      </div>
    </div>
  )
}
