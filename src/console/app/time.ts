import { signal } from '@preact/signals'
import { clockOffset } from './api.ts'

/** The current time by the clock of the studio, in milliseconds; it moves every second while the page is visible. */
export const now = signal(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now() + clockOffset.peek()
}, 1_000)

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Writes a duration in milliseconds: `340 ms`, `1.2 s`, `3 min 5 s`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return ''
  const positive = Math.max(ms, 0)
  if (positive < 1_000) return `${Math.round(positive)} ms`
  if (positive < minute) return `${(Math.floor(positive / 100) / 10).toFixed(1)} s`
  const [large, size, small, part] =
    positive < hour
      ? (['min', minute, 's', 1_000] as const)
      : positive < day
        ? (['h', hour, 'min', minute] as const)
        : (['d', day, 'h', hour] as const)
  const rest = Math.floor((positive % size) / part)
  return `${Math.floor(positive / size)} ${large}${rest > 0 ? ` ${rest} ${small}` : ''}`
}

const sameDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const sameYear = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** Writes an instant completely, in the time zone of the browser. */
export function formatInstant(at: number): string {
  return Number.isNaN(at) ? '' : full.format(at)
}

/** Writes an instant as briefly as is clear now: the time of today, else the day. */
export function formatBriefly(at: number): string {
  if (Number.isNaN(at)) return ''
  const today = new Date(now.peek()).toDateString() === new Date(at).toDateString()
  return (today ? sameDay : sameYear).format(at)
}

/** Writes how long ago an instant was: `now`, `12 s ago`, `5 min ago`, `in 3 h`. */
export function formatAgo(at: number, from: number): string {
  const ms = from - at
  if (Number.isNaN(ms)) return ''
  const distance = Math.abs(ms)
  if (distance < 2_000) return 'now'
  const steps = [
    ['d', day],
    ['h', hour],
    ['min', minute],
    ['s', 1_000],
  ] as const
  const [unit, size] = steps.find(([, size]) => distance >= size) ?? ['s', 1_000]
  const text = `${Math.floor(distance / size)} ${unit}`
  return ms < 0 ? `in ${text}` : `${text} ago`
}
