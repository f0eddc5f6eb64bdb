import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { StudioClientError } from '../../../client.ts'
import { messageOf } from '../../app/message.ts'
import { texts } from '../../texts.ts'
import { Badge } from '../badge.tsx'
import { Button } from '../button.tsx'
import { JsonView } from '../json-view.tsx'
import { PlainText } from '../plain-text.tsx'
import { RequestId } from '../states.tsx'

/** What a call that a person made came to, and how long it took in milliseconds. */
export type CallOutcome<T> = ({ readonly answer: T } | { readonly error: unknown }) & {
  readonly ms: number
}

/** A call that a person starts and may stop. It stops when the component goes. */
export interface Call<T> {
  readonly outcome: CallOutcome<T> | null
  readonly isBusy: boolean
  start(send: (signal: AbortSignal) => Promise<T>): void
  stop(): void
}

/** Makes calls that a person starts, one at a time. */
export function useCall<T>(): Call<T> {
  const [outcome, setOutcome] = useState<CallOutcome<T> | null>(null)
  const [isBusy, setBusy] = useState(false)
  const abort = useRef<AbortController>(undefined)
  const stop = () => abort.current?.abort()
  useEffect(() => stop, [])
  const start = (send: (signal: AbortSignal) => Promise<T>) => {
    const { signal } = (abort.current = new AbortController())
    const begin = performance.now()
    const end = (result: { readonly answer: T } | { readonly error: unknown }) => {
      setBusy(false)
      if (!signal.aborted) setOutcome({ ...result, ms: performance.now() - begin })
    }
    setBusy(true)
    send(signal).then(
      (answer) => end({ answer }),
      (error: unknown) => end({ error }),
    )
  }
  return { outcome, isBusy, start, stop }
}

/** The buttons of a call: send it, and stop it while it lasts. */
export function CallButtons({
  call: { isBusy, stop },
  label,
  why,
  children,
}: {
  readonly call: Call<unknown>
  readonly label: string
  readonly why?: string | null
  readonly children?: ComponentChildren
}) {
  return (
    <p class="call-send">
      <Button kind="main" submit busy={isBusy} why={why ?? null}>
        {label}
      </Button>
      {isBusy && <Button onClick={stop}>{texts.stop}</Button>}
      {children}
    </p>
  )
}

/** What came back: `children` shows an answer; an error is shown with all that is known of it. */
export function CallAnswer<T>({
  call: { outcome },
  children,
}: {
  readonly call: Call<T>
  children(answer: T, took: string): ComponentChildren
}) {
  const took = outcome ? `${Math.round(outcome.ms).toLocaleString()} ms` : ''
  return (
    <div role="status" class="call-outcome">
      {outcome &&
        ('answer' in outcome ? (
          children(outcome.answer, took)
        ) : (
          <CallError error={outcome.error} took={took} />
        ))}
    </div>
  )
}

function CallError({ error, took }: { readonly error: unknown; readonly took: string }) {
  const known = error instanceof StudioClientError ? error : null
  return (
    <>
      <p>
        <Badge tone="bad">
          {known?.status ?? texts.callFailed} {known?.code}
        </Badge>{' '}
        <span class="quiet">{took}</span>
      </p>
      <PlainText text={messageOf(error)} />
      <RequestId of={error} />
      {known?.details !== undefined && <JsonView value={known.details} />}
    </>
  )
}
