import { useState } from 'preact/hooks'
import { navigate } from '../../app/router.ts'
import { client } from '../../app/api.ts'
import { formatDuration } from '../../app/time.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { JsonText } from '../../parts/json-view.tsx'
import { Markdown } from '../../parts/markdown.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { toastError } from '../../parts/toast.tsx'
import { Fold } from '../run/message-view.tsx'
import { ToolFrame } from '../run/tool-card.tsx'
import type { Entry } from './conversation-data.ts'
import { chatTexts as texts } from './texts.ts'

type MessageEntry = Extract<Entry, { kind: 'message' }>
type ToolEntry = Extract<Entry, { kind: 'tool' }>

/** One entry of a conversation that is stored. */
export function EntryView({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case 'tool':
      return <ToolEntryView entry={entry} />
    case 'reasoning':
      return (
        <Fold title={texts.reasoning}>
          <PlainText text={entry.text} />
        </Fold>
      )
    default:
      return entry.role === 'user' ? <UserEntry entry={entry} /> : <AnswerEntry entry={entry} />
  }
}

function UserEntry({ entry: { text, attachments = [] } }: { readonly entry: MessageEntry }) {
  return (
    <section class="message user">
      <h3>{texts.you}</h3>
      <PlainText text={text} />
      {attachments.map((file, index) => (
        <Attached key={index} file={file} />
      ))}
    </section>
  )
}

type Attachment = NonNullable<MessageEntry['attachments']>[number]

const shownImages = /^image\/(png|jpeg|gif|webp|avif)$/

/** An image of the message itself is shown; everything else is named. */
function Attached({
  file: { kind, name, mediaType = '', data, url },
}: {
  readonly file: Attachment
}) {
  if (kind === 'image' && data !== undefined && shownImages.test(mediaType)) {
    return <img class="picture" alt={name ?? mediaType} src={`data:${mediaType};base64,${data}`} />
  }
  return (
    <p class="file">
      <Icon name="attach" />
      <Name text={[name ?? kind, mediaType, url ?? ''].filter(Boolean).join(' · ')} max={120} />
    </p>
  )
}

function AnswerEntry({ entry }: { readonly entry: MessageEntry }) {
  const { text, tone, error, durationMs, traceId } = entry
  return (
    <section class="message assistant">
      {tone === 'error' ? (
        <div class="failed-note" role="note">
          <Icon name="warning" />
          <div>
            <strong>
              {texts.failed}
              {error && `: ${error.code}`}
            </strong>
            <PlainText text={text} />
          </div>
        </div>
      ) : tone === 'cancelled' ? (
        <div class="note quiet">
          <Icon name="stop" />
          {texts.cancelled}. <Name text={text} max={300} />
        </div>
      ) : (
        <Markdown text={text} />
      )}
      {traceId !== undefined && (
        <p class="entry-foot quiet">
          {durationMs !== undefined && <span>{formatDuration(durationMs)}</span>}
          <RunButton traceId={traceId} />
        </p>
      )}
    </section>
  )
}

/** Leads to the run; the conversation knows its trace only. */
function RunButton({ traceId }: { readonly traceId: string }) {
  const open = async () => {
    const { runId } = await client.traces.get(traceId)
    navigate(`/runs/${encodeURIComponent(runId)}`)
  }
  return (
    <Button kind="bare" icon="runs" onClick={() => void open().catch(toastError)}>
      {texts.run}
    </Button>
  )
}

const tones = {
  pending: 'wait',
  approved: 'good',
  rejected: 'bad',
  timed_out: 'off',
  cancelled: 'off',
} as const satisfies Record<NonNullable<ToolEntry['approval']>['status'], Tone>

function ToolEntryView({ entry }: { readonly entry: ToolEntry }) {
  const { toolName, args, result, approval } = entry
  const [isOpen, setOpen] = useState(false)
  return (
    <ToolFrame
      name={toolName}
      args={args}
      badge={
        approval && <Badge tone={tones[approval.status]}>{texts.decision[approval.status]}</Badge>
      }
      isOpen={isOpen}
      onToggle={setOpen}
    >
      <Section title={texts.arguments}>
        <JsonText text={args} />
      </Section>
      {approval?.reason !== undefined && (
        <div class="decision">
          <PlainText text={approval.reason} />
        </div>
      )}
      {result !== undefined && (
        <Section title={texts.result}>
          <JsonText text={result} />
        </Section>
      )}
    </ToolFrame>
  )
}
