import { formatDuration, now } from '../../app/time.ts'
import { approvalsTexts as texts } from './texts.ts'

/** From here on a person has to hurry, in milliseconds. */
const soonMs = 10 * 60_000

/** How long an approval can still be decided; it counts down. */
export function Countdown({
  until,
  brief = false,
}: {
  readonly until: string | undefined
  readonly brief?: boolean
}) {
  if (until === undefined) return brief ? null : <span class="quiet">{texts.never}</span>
  const ms = Date.parse(until) - now.value
  const tone = ms < soonMs ? 'bad' : 'quiet'
  const time = formatDuration(Math.floor(ms / 1_000) * 1_000)
  return (
    <span class={`${tone} number`} title={new Date(until).toLocaleString()}>
      {ms <= 0 ? texts.expired : brief ? texts.left(time) : texts.expiresIn(time)}
    </span>
  )
}
