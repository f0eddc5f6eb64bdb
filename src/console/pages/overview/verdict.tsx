import { pathOfPage } from '../../app/known-pages.ts'
import { hrefOf } from '../../app/router.ts'
import type { Tone } from '../../parts/badge.tsx'
import { Icon } from '../../parts/icon.tsx'
import type { OverviewData } from './figures.ts'
import { overviewTexts as texts } from './texts.ts'

interface Concern {
  readonly tone: Tone
  readonly text: string
  /** The page that shows more, as its id and query. */
  readonly page: string
  readonly query?: string
}

/** Says at one look whether all is well, and otherwise what is not. */
export function Verdict({ data }: { readonly data: OverviewData }) {
  const concerns = listConcerns(data)
  const unread = Object.values(data).filter(({ error }) => error !== null).length
  const isReady = Object.values(data).every(({ isLoading }) => !isLoading)
  if (!isReady && concerns.length === 0) return null
  if (concerns.length === 0 && unread === 0) {
    return (
      <section class="verdict well" role="status">
        <Icon name="check" />
        <strong>{texts.well}</strong>
        <span class="quiet">{texts.wellHint}</span>
      </section>
    )
  }
  if (concerns.length === 0) return null
  return (
    <section class="verdict" aria-label={texts.attention}>
      <ul>
        {concerns.map((concern) => (
          <li key={concern.text} class={concern.tone}>
            <i class="dot" />
            <ConcernText concern={concern} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ConcernText({ concern: { text, page, query = '' } }: { readonly concern: Concern }) {
  const path = pathOfPage(page)
  return path === null ? <span>{text}</span> : <a href={hrefOf(path + query)}>{text}</a>
}

function listConcerns({
  status,
  failures,
  health,
  migrations,
  schema,
}: OverviewData): readonly Concern[] {
  const concerns: Concern[] = []
  const add = (isSo: boolean, concern: Concern) => void (isSo && concerns.push(concern))
  const database = health.data?.database
  add(database?.connected === false, {
    tone: 'bad',
    text: texts.databaseAway,
    page: 'health',
  })
  const branched = migrations.data?.conflicts ?? []
  const reason = database?.last_error ?? texts.degraded
  const isSaid = branched.some(({ message }) => message === reason)
  add(health.data?.status === 'degraded' && database?.connected === true && !isSaid, {
    tone: 'wait',
    text: reason,
    page: 'health',
  })
  const waiting = status.data?.counts.approvals.pending ?? 0
  add(waiting > 0, { tone: 'wait', text: texts.waiting(String(waiting)), page: 'approvals' })
  const failed = failures.data
  add((failed?.runs.length ?? 0) > 0, {
    tone: 'bad',
    text: texts.failed(`${failed?.runs.length}${failed?.isCut ? '+' : ''}`),
    page: 'runs',
    query: '?status=failed&time=ended-24h',
  })
  add(branched.length > 0, {
    tone: 'bad',
    text: texts.conflicts(String(branched.length)),
    page: 'migrations',
  })
  const pending = migrations.data?.pending_migrations ?? 0
  add(pending > 0, { tone: 'wait', text: texts.pending(String(pending)), page: 'migrations' })
  const dangers = schema.data?.issue_counts.danger ?? 0
  add(dangers > 0, { tone: 'bad', text: texts.dangers(String(dangers)), page: 'health' })
  return concerns
}
