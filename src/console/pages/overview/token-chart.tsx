import { formatCount } from '../../app/numbers.ts'
import { type Day, type Recent, sumByDay } from './figures.ts'
import { overviewTexts as texts } from './texts.ts'

const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' })
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })

const height = 96

/** The tokens of the last seven days as bars, input below output. */
export function TokenChart({ recent: { runs, isCut } }: { readonly recent: Recent }) {
  const days = sumByDay(runs)
  const most = Math.max(...days.map(({ input, output }) => input + output))
  if (most === 0) return <p class="quiet">{texts.noTokens}</p>
  const sum = (name: 'input' | 'output') => days.reduce((total, day) => total + day[name], 0)
  return (
    <>
      <p class="legend">
        <span class="key-input">
          <i /> {texts.input} <b>{formatCount(sum('input'))}</b>
        </span>
        <span class="key-output">
          <i /> {texts.output} <b>{formatCount(sum('output'))}</b>
        </span>
      </p>
      <ol class="bars">
        {days.map((day) => (
          <Bar key={day.at} day={day} most={most} />
        ))}
      </ol>
      <p class="quiet small">{isCut ? texts.tokensCut(runs.length) : texts.tokensHint}</p>
    </>
  )
}

function Bar({ day: { at, input, output }, most }: { readonly day: Day; readonly most: number }) {
  const pixels = (count: number) => ({ height: `${Math.ceil((count / most) * height)}px` })
  const title = texts.dayOf(date.format(at), formatCount(input), formatCount(output))
  return (
    <li title={title}>
      <span class="unseen">{title}</span>
      <span class="bar-space" aria-hidden="true">
        <i class="output" style={pixels(output)} />
        <i class="input" style={pixels(input)} />
      </span>
      <span class="quiet small" aria-hidden="true">
        {weekday.format(at)}
      </span>
    </li>
  )
}
