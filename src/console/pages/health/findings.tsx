import { useMemo } from 'preact/hooks'
import type { Answers } from '../../../client.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { FindingDetail } from './finding-detail.tsx'
import {
  baseline,
  type FindingFilter,
  type FindingRow,
  pathOf,
  severityTones,
  toggleBaseline,
  toRows,
} from './issues.ts'
import { healthTexts as texts } from './texts.ts'

/** The findings of a report beside the one that is chosen. */
export function Findings({ report }: { readonly report: Answers['/ai/schema/health'] }) {
  const { query } = place.value
  const group = query.get('group')
  const filter: FindingFilter = {
    search: query.get('q') ?? '',
    severity: query.get('severity') ?? '',
    group: group === 'object' || group === 'none' ? group : 'rule',
  }
  const rows = useMemo(
    () => toRows(report.issues, filter),
    [report, filter.search, filter.severity, filter.group],
  )
  if (report.issues.length === 0)
    return <Empty title={texts.healthy} hint={texts.healthyHint} icon="check" />
  const chosenId = query.get('finding')
  const chosen = report.issues.find(({ id }) => id === chosenId)
  return (
    <div class={chosenId === null ? 'sides' : 'sides open'}>
      <div class="side-list">
        <Filters filter={filter} />
        {rows.length === 0 ? (
          <Empty title={texts.none}>
            <Button onClick={() => setQuery({ q: null, severity: null })}>{texts.showAll}</Button>
          </Empty>
        ) : (
          <FindingTable rows={rows} chosenId={chosenId} grouped={filter.group} />
        )}
      </div>
      <section class="side-detail" aria-label={texts.details}>
        {chosen ? (
          <FindingDetail key={chosen.id} finding={chosen} />
        ) : (
          <p class="quiet side-hint">{texts.gone}</p>
        )}
      </section>
    </div>
  )
}

function Filters({ filter }: { readonly filter: FindingFilter }) {
  return (
    <div class="db-bar">
      <input
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        value={filter.search}
        onInput={({ currentTarget }) => setQuery({ q: currentTarget.value })}
      />
      <select
        aria-label={texts.severity}
        value={filter.severity}
        onChange={({ currentTarget }) => setQuery({ severity: currentTarget.value })}
      >
        <option value="">{texts.allSeverities}</option>
        {Object.entries(texts.severities).map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label={texts.group}
        value={filter.group}
        onChange={({ currentTarget: { value } }) =>
          setQuery({ group: value === 'rule' ? null : value })
        }
      >
        {Object.entries(texts.groups).map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}

/** Returns the address of a finding, with the filters as they are. */
function placeOfFinding(id: string): string {
  const query = new URLSearchParams(place.value.query)
  query.set('finding', id)
  return hrefOf(`/health?${query}`)
}

function FindingTable({
  rows,
  chosenId,
  grouped,
}: {
  readonly rows: readonly FindingRow[]
  readonly chosenId: string | null
  readonly grouped: FindingFilter['group']
}) {
  return (
    <Table
      label={texts.tabs.findings}
      rows={rows}
      rowHeight={36}
      keyOf={({ id }) => id}
      isMarked={({ id }) => id === chosenId}
      onSelect={(row) => row.kind === 'finding' && toggleBaseline(row.id)}
      columns={[
        {
          id: 'severity',
          title: texts.columns.severity,
          width: '84px',
          cell: (row) => <Lead row={row} />,
        },
        {
          id: 'message',
          title: texts.columns.message,
          width: 'minmax(120px, 3fr)',
          cell: (row) =>
            row.kind === 'finding' && (
              <a
                class={baseline.value.has(row.id) ? 'row-link quiet' : 'row-link'}
                href={placeOfFinding(row.id)}
              >
                <Name text={row.finding.message} max={300} />
              </a>
            ),
        },
        {
          id: 'other',
          title: grouped === 'rule' ? texts.columns.object : texts.columns.rule,
          width: 'minmax(80px, 1.4fr)',
          wideOnly: true,
          cell: (row) =>
            row.kind === 'finding' && (
              <span class="mono quiet">
                <Name text={grouped === 'rule' ? pathOf(row.finding) : row.finding.rule} />
              </span>
            ),
        },
      ]}
    />
  )
}

function Lead({ row }: { readonly row: FindingRow }) {
  return row.kind === 'finding' ? (
    <Badge tone={severityTones[row.finding.severity]}>
      {texts.severities[row.finding.severity]}
    </Badge>
  ) : (
    <strong class="group-title">
      <Name text={row.title} /> <span class="count">{row.count}</span>
    </strong>
  )
}
