import { clockOffset } from '../../app/api.ts'
import { place } from '../../app/router.ts'
import { texts } from '../../texts.ts'
import { runsTexts } from './texts.ts'

type RunStatus = keyof typeof texts.status

/** The filters of the list, as the address names them; an empty text matches every run. */
export interface Filters {
  readonly status: RunStatus | ''
  readonly agent: string
  readonly session: string
  readonly search: string
  readonly time: keyof typeof runsTexts.times
}

/** Reads the filters from the address. */
export function readFilters(): Filters {
  const { query } = place.value
  const status = query.get('status') ?? ''
  const time = query.get('time') ?? ''
  return {
    status: status in texts.status ? (status as RunStatus) : '',
    agent: query.get('agent') ?? '',
    session: query.get('session') ?? '',
    search: query.get('search') ?? '',
    time: time in runsTexts.times ? (time as Filters['time']) : '',
  }
}

const spans = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const

/** Turns the filters into those of the API. */
export function toRunFilter({ status, agent, session, search, time }: Filters) {
  const [event = '', span = ''] = time.split('-')
  const ms = spans[span as keyof typeof spans]
  const since = new Date(Date.now() + clockOffset.peek() - (ms ?? 0)).toISOString()
  return {
    ...(status === '' ? {} : { status }),
    ...(agent === '' ? {} : { agentId: agent }),
    ...(session === '' ? {} : { sessionId: session }),
    ...(search === '' ? {} : { search }),
    ...(event === 'created' ? { createdAfter: since } : {}),
    ...(event === 'ended' ? { endedAfter: since } : {}),
  }
}
