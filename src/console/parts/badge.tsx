import type { ComponentChildren } from 'preact'
import { texts } from '../texts.ts'

/** What a color says; the text beside it says the same. */
export type Tone = 'quiet' | 'live' | 'wait' | 'good' | 'bad' | 'off'

const tones = {
  queued: 'quiet',
  running: 'live',
  waiting: 'wait',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'off',
} as const satisfies Record<keyof typeof texts.status, Tone>

/** The status of a run; a brief one shows its dot alone, and the text to screen readers. */
export function Status({
  of,
  isBrief = false,
}: {
  readonly of: keyof typeof texts.status
  readonly isBrief?: boolean
}) {
  const text = texts.status[of]
  return <Badge tone={tones[of]}>{isBrief ? <span class="unseen">{text}</span> : text}</Badge>
}

/** A short text with a coloured dot. */
export function Badge({
  tone,
  children,
}: {
  readonly tone: Tone
  readonly children: ComponentChildren
}) {
  return (
    <span class={`badge ${tone}`}>
      <i class="dot" />
      {children}
    </span>
  )
}
