import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import { JsonText, JsonView } from '../../parts/json-view.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
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
    <ToolFrame
      name={name}
      args={args}
      badge={state && <Badge tone={state.tone}>{state.text}</Badge>}
      isOpen={isOpen}
      onToggle={setOpen}
    >
      <Inside item={item} />
    </ToolFrame>
  )
}

/** A tool call on one line, which opens on a click. What is in it is made when it opens. */
export function ToolFrame({
  name,
  args,
  badge,
  isOpen,
  onToggle,
  children,
}: {
  readonly name: string
  readonly args: string
  readonly badge: ComponentChildren
  readonly isOpen: boolean
  onToggle(isOpen: boolean): void
  readonly children: ComponentChildren
}) {
  return (
    <details
      class="tool-card"
      open={isOpen}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>
        <Icon name="tool" />
        <strong>
          <Name text={name} max={80} />
        </strong>
        <span class="hint">
          <Name text={args.slice(0, 400).replace(/\s+/g, ' ')} max={120} />
        </span>
        {badge}
      </summary>
      {isOpen && children}
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
      <Section title={runTexts.arguments}>
        <JsonText text={args || '{}'} />
      </Section>
      {approval && <Decision approval={approval} />}
      {progress.length > 0 && (
        <Section title={runTexts.progress}>
          <JsonView value={progress.at(-1)} />
        </Section>
      )}
      {result !== null && (
        <Section title={isError ? runTexts.error : runTexts.result}>
          <div class={isError ? 'failed-text' : undefined}>
            <JsonText text={result} />
          </div>
        </Section>
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
