import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { StudioClientError } from '../../client.ts'
import type { Loaded } from '../app/loaded.ts'
import { messageOf } from '../app/message.ts'
import { texts } from '../texts.ts'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

/** How long a page stays blank before it says that it loads, in milliseconds. */
const patienceMs = 150

/** A list with nothing in it: what it would hold, and how it gets there. */
export function Empty({ title, hint, icon = 'search', children }: StateProps) {
  return <State title={title} hint={hint} icon={icon} children={children} />
}

interface StateProps {
  readonly title: string
  readonly hint?: ComponentChildren
  readonly icon?: IconName
  readonly children?: ComponentChildren
}

function State({ title, hint, icon = 'warning', children }: StateProps) {
  return (
    <div class="state">
      <Icon name={icon} />
      <h2>{title}</h2>
      {hint !== undefined && <p>{hint}</p>}
      {children}
    </div>
  )
}

/** Grey lines in place of what loads, after a moment. */
export function Loading({ lines = 8 }: { readonly lines?: number }) {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  if (!isLate) return null
  return (
    <div class="loading" role="status">
      <span class="unseen">{texts.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        <i key={index} class={`line w${index % 4}`} />
      ))}
    </div>
  )
}

/** What this deployment does not serve. */
export function NotOffered() {
  return <State title={texts.notOffered.title} hint={texts.notOffered.hint} />
}

/** What went wrong, with the id of the request and a button to try again. */
export function Failure({ error, onRetry }: { readonly error: unknown; onRetry?(): void }) {
  const known = error instanceof StudioClientError ? error : null
  const seconds = useCountdown(error, known?.retryAfterMs ?? null, onRetry)
  if (known?.status === 403) return <State {...texts.forbidden}>{known.message}</State>
  if (known?.status === 404) return <State {...texts.gone} />
  if (known?.status === 501) return <NotOffered />
  const { title, hint } = explain(error)
  return (
    <div role="alert">
      <State title={title} hint={hint}>
        <RequestId of={error} />
        {onRetry && (
          <Button icon="again" onClick={onRetry}>
            {texts.retry}
            {seconds > 0 && ` (${seconds})`}
          </Button>
        )}
      </State>
    </div>
  )
}

/** The id of the request that failed, for those who look for it in a log. */
export function RequestId({ of }: { readonly of: unknown }) {
  const id = of instanceof StudioClientError && of.requestId
  if (!id) return null
  return (
    <p class="quiet">
      {texts.requestId} <code>{id}</code>
    </p>
  )
}

function explain(error: unknown): { readonly title: string; readonly hint: string } {
  const message = messageOf(error)
  if (!(error instanceof StudioClientError)) return { title: texts.failed, hint: message }
  if (error.code === 'network_error') return { title: texts.offlineTitle, hint: '' }
  const isBusy = error.status === 429 || error.status === 503
  return { title: isBusy ? texts.busy : texts.failed, hint: message }
}

/** Counts the seconds down until the studio wants to be asked again, and asks then. */
function useCountdown(error: unknown, retryAfterMs: number | null, onRetry?: () => void): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    if (retryAfterMs === null || !onRetry) return
    let left = Math.ceil(retryAfterMs / 1_000)
    setSeconds(left)
    const timer = setInterval(() => {
      setSeconds(--left)
      if (left > 0) return
      clearInterval(timer)
      onRetry()
    }, 1_000)
    return () => clearInterval(timer)
  }, [error])
  return seconds
}

/** Shows what was loaded, or why it was not. A failed refresh keeps the old answer and says so. */
export function Show<T>({
  loaded,
  lines,
  children,
}: {
  readonly loaded: Loaded<T>
  readonly lines?: number
  children(data: T): ComponentChildren
}) {
  const { data, error, reload } = loaded
  if (data === null) {
    return loaded.isLoading ? (
      <Loading lines={lines ?? 8} />
    ) : (
      <Failure error={error} onRetry={reload} />
    )
  }
  return (
    <>
      {error !== null && <Stale error={error} onRetry={reload} />}
      {children(data)}
    </>
  )
}

function Stale({ error, onRetry }: { readonly error: unknown; onRetry(): void }) {
  const { title, hint } = explain(error)
  return (
    <p class="strip" role="status">
      <Icon name="warning" />
      {texts.stale} {hint || title}
      <Button kind="bare" onClick={onRetry}>
        {texts.retry}
      </Button>
    </p>
  )
}
