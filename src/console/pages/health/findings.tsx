import { useMemo } from 'preact/hooks'
import type { Answers } from '../../../client.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Choice, SearchField } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Sides } from '../../parts/sides.tsx'
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
    <Sides
      isOpen={chosenId !== null}
      label={texts.details}
      gone={texts.gone}
      list={
        <>
          <FindingFilters filter={filter} />
          {rows.length === 0 ? (
            <Empty title={texts.none}>
              <Button onClick={() => setQuery({ q: null, severity: null })}>{texts.showAll}</Button>
            </Empty>
          ) : (
            <FindingTable rows={rows} chosenId={chosenId} grouped={filter.group} />
          )}
        </>
      }
    >
      {chosen && <FindingDetail key={chosen.id} finding={chosen} />}
    </Sides>
  )
}

function FindingFilters({ filter }: { readonly filter: FindingFilter }) {
  return (
    <div class="db-bar">
      <SearchField label={texts.search} />
      <Choice
        label={texts.severity}
        name="severity"
        value={filter.severity}
        all={texts.allSeverities}
        options={Object.entries(texts.severities)}
      />
      <Choice
        label={texts.group}
        name="group"
        value={filter.group}
        options={Object.entries(texts.groups)}
      />
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
