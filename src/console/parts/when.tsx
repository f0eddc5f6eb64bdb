import { clockOffset } from '../app/api.ts'
import { formatAgo, formatBriefly, formatDuration, formatInstant, now } from '../app/time.ts'

/** An instant: how long ago it was, or with `brief` the time of day; the tooltip has all of it. */
export function Time({ at, brief = false }: { readonly at: string; readonly brief?: boolean }) {
  const instant = Date.parse(at)
  return (
    <time dateTime={at} title={formatInstant(instant)}>
      {brief ? formatBriefly(instant) : formatAgo(instant, now.value)}
    </time>
  )
}

/** How long something took, or takes until now; it ticks. */
export function Duration({
  from,
  to,
}: {
  readonly from: string
  readonly to?: string | undefined
}) {
  const end =
    to === undefined ? Math.max(now.value, Date.now() + clockOffset.value) : Date.parse(to)
  return <span class="number">{formatDuration(end - Date.parse(from))}</span>
}
