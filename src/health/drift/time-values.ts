/** Returns the moment or the time that a text stands for, in one form for each; null where only the server can tell. */
export function toCanonicalTime(baseType: string, text: string): string | null {
  const trimmed = text.trim()
  if (baseType === 'interval') return toInterval(trimmed)
  if (baseType === 'date') return toDay(trimmed)
  const isZoned = baseType.endsWith('tz')
  if (baseType.startsWith('timestamp')) return toMoment(trimmed, isZoned)
  return toClock(trimmed, isZoned)
}

const zonePattern = String.raw`(?:\s*(z|utc|gmt|[+-]\d\d?(?::?\d\d)?(?::?\d\d)?))?`
const clockPattern = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d+))?)?`
const dayPattern = String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`
const clock = new RegExp(`^${clockPattern}${zonePattern}$`, 'i')
const moment = new RegExp(`^${dayPattern}(?:[t ]+${clockPattern})?${zonePattern}$`, 'i')
const day = new RegExp(`^${dayPattern}(?:[t ].*)?$`, 'i')

function toDay(text: string): string | null {
  const [, year, month, date] = day.exec(text) ?? []
  return year === undefined ? null : `day ${toMillis([year, month, date])}`
}

function toMoment(text: string, isZoned: boolean): string | null {
  const [, year, month, date, hour, minute, second, fraction, zone] = moment.exec(text) ?? []
  if (year === undefined) return null
  const millis = toMillis([year, month, date, hour, minute, second])
  // without a time zone the setting of the session decides, which differs from one client to another
  if (isZoned && zone === undefined) return `local ${millis} ${toMicros(fraction)}`
  return `moment ${isZoned ? millis - toOffset(zone) : millis} ${toMicros(fraction)}`
}

function toClock(text: string, isZoned: boolean): string | null {
  const [, hour, minute, second, fraction, zone] = clock.exec(text) ?? []
  if (hour === undefined || (isZoned && zone === undefined)) return null
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? 0)
  return `clock ${seconds} ${toMicros(fraction)} ${isZoned ? toOffset(zone) : ''}`
}

function toMillis(parts: readonly (string | undefined)[]): number {
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    part === undefined ? undefined : Number(part),
  )
  return Date.UTC(year, month - 1, date, hour, minute, second)
}

function toMicros(fraction = ''): number {
  return Math.round(Number(`0.${fraction || 0}`) * 1_000_000)
}

function toOffset(zone = 'z'): number {
  const [, sign, hours, minutes = '0', seconds = '0'] =
    /^([+-])(\d\d?)(?::?(\d\d))?(?::?(\d\d))?$/.exec(zone) ?? []
  if (sign === undefined) return 0
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return (sign === '-' ? -total : total) * 1000
}

interface Span {
  months: number
  days: number
  micros: number
}

// How much one unit adds. A month has no fixed number of days, and a day none of hours.
const units: readonly (readonly [RegExp, keyof Span, number])[] = [
  [/^mil(lennium|lennia|s)?$/, 'months', 12_000],
  [/^c(ent(ury|uries)?)?$/, 'months', 1_200],
  [/^dec(ade|ades|s)?$/, 'months', 120],
  [/^y(r|rs|ear|ears)?$/, 'months', 12],
  [/^mon(s|th|ths)?$/, 'months', 1],
  [/^w(eek|eeks)?$/, 'days', 7],
  [/^d(ay|ays)?$/, 'days', 1],
  [/^h(r|rs|our|ours)?$/, 'micros', 3_600_000_000],
  [/^m(in|ins|inute|inutes)?$/, 'micros', 60_000_000],
  [/^s(ec|ecs|econd|econds)?$/, 'micros', 1_000_000],
  [/^(ms|msecs?|milliseconds?)$/, 'micros', 1_000],
  [/^(us|usecs?|microseconds?)$/, 'micros', 1],
]

function toInterval(text: string): string | null {
  const span: Span = { months: 0, days: 0, micros: 0 }
  const isRead = /^p/i.test(text) ? addIso(span, text) : addWords(span, text.toLowerCase())
  return isRead ? `span ${span.months} ${span.days} ${Math.round(span.micros)}` : null
}

function addWords(span: Span, text: string): boolean {
  const part =
    /\s*@?\s*(?:([+-]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?|([+-]?\d*\.?\d+)\s*([a-z]*))\s*/y
  let at = 0
  while (at < text.length) {
    part.lastIndex = at
    const match = part.exec(text)
    if (!match) return false
    at = part.lastIndex
    const [, sign, hours, minutes, seconds = '0', amount, unit] = match
    if (hours !== undefined) {
      const micros = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000
      span.micros += sign === '-' ? -micros : micros
    } else if (!addUnit(span, Number(amount), unit || 'second')) return false
  }
  return at > 0
}

function addIso(span: Span, text: string): boolean {
  const [, dates = '', times = ''] =
    /^p((?:-?[\d.]+[ymwd])*)(?:t((?:-?[\d.]+[hms])+))?$/i.exec(text) ?? []
  const months = { y: 'year', m: 'month', w: 'week', d: 'day' }
  const clocks = { h: 'hour', m: 'minute', s: 'second' }
  const add = (part: string, names: Readonly<Record<string, string>>) =>
    [...part.toLowerCase().matchAll(/(-?[\d.]+)([a-z])/g)].every(([, amount, letter = '']) =>
      addUnit(span, Number(amount), names[letter] ?? ''),
    )
  return dates + times !== '' && add(dates, months) && add(times, clocks)
}

// A fraction of a month or a day spills into smaller units, in a way that only the server knows.
function addUnit(span: Span, amount: number, unit: string): boolean {
  const [, field, size] = units.find(([pattern]) => pattern.test(unit)) ?? []
  if (field === undefined || size === undefined || Number.isNaN(amount)) return false
  if (field !== 'micros' && !Number.isInteger(amount)) return false
  span[field] += amount * size
  return true
}
