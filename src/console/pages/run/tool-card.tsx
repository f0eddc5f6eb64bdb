import { useEffect, useState } from 'preact/hooks'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import { JsonText, JsonView } from '../../parts/json-view.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Time } from '../../parts/when.tsx'
import { runTexts } from './texts.ts'
import type { ToolItem } from './transcript.ts'

/** One tool call: its arguments, the decision about it, and its result. */
export function ToolCard({ item, isOver }: { readonly item: ToolItem; readonly isOver: boolean }) {
  const { name, args, approval, isError } = item
  const state = toState(item, isOver)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    if (isError || approval?.status === 'pending') setOpen(true)
  }, [isError, approval?.status])
  return (
    <details
      class="tool-card"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <Icon name="tool" />
        <strong>
          <Name text={name} max={80} />
        </strong>
        <span class="hint">
          <Name text={args} max={120} />
        </span>
        {state && <Badge tone={state.tone}>{state.text}</Badge>}
      </summary>
      {isOpen && <Inside item={item} />}
    </details>
  )
}

function Inside({
  item: { args, approval, result, isError, progress },
}: {
  readonly item: ToolItem
}) {
  return (
    <>
      <h3>{runTexts.arguments}</h3>
      <JsonText text={args || '{}'} />
      {approval && <Decision approval={approval} />}
      {progress.length > 0 && (
        <>
          <h3>{runTexts.progress}</h3>
          <JsonView value={progress.at(-1)} />
        </>
      )}
      {result !== null && (
        <>
          <h3>{isError ? runTexts.error : runTexts.result}</h3>
          <div class={isError ? 'failed-text' : undefined}>
            <JsonText text={result} />
          </div>
        </>
      )}
    </>
  )
}

function toState(
  { approval, result, isError, args }: ToolItem,
  isOver: boolean,
): { readonly tone: Tone; readonly text: string } | null {
  if (isError) return { tone: 'bad', text: runTexts.failedTool }
  if (approval && approval.status !== 'approved') {
    const tone = approval.status === 'pending' ? 'wait' : 'off'
    return { tone, text: runTexts.decision[approval.status] }
  }
  if (result !== null) return approval ? { tone: 'good', text: runTexts.decision.approved } : null
  if (isOver) return null
  return { tone: 'live', text: args === '' ? runTexts.writing : runTexts.runningTool }
}

function Decision({ approval }: { readonly approval: NonNullable<ToolItem['approval']> }) {
  const { status, requestReason, decisionReason, decidedBy, resolvedAt, input, args } = approval
  const isEdited = status === 'approved' && JSON.stringify(input) !== args
  return (
    <div class="decision">
      {requestReason !== undefined && <PlainText text={requestReason} />}
      <p class="quiet">
        {runTexts.decision[status]} {decidedBy !== undefined && runTexts.by(decidedBy)}{' '}
        {resolvedAt !== undefined && <Time at={resolvedAt} />}
      </p>
      {decisionReason !== undefined && <PlainText text={decisionReason} />}
      {isEdited && (
        <>
          <p>{runTexts.edited}</p>
          <JsonView value={input} />
        </>
      )}
    </div>
  )
}
