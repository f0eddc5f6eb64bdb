import { useEffect } from 'preact/hooks'
import type { Answers } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { place } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { Choice } from '../../parts/forms/filters.tsx'
import { Show } from '../../parts/states.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { BaselineView } from './baseline-view.tsx'
import { DriftView } from './drift-view.tsx'
import { Findings } from './findings.tsx'
import { baseline, readBaseline } from './issues.ts'
import { healthTexts as texts } from './texts.ts'

type Report = Answers['/ai/schema/health']

/** What is wrong with the schema, why it matters, and what mends it. */
export default function HealthPage() {
  useEffect(readBaseline, [])
  const given = place.value.query.get('preset') ?? ''
  const preset = given === 'all' || given === 'essential' ? given : ''
  const query = preset === '' ? {} : { preset }
  const loaded = useLoaded((signal) => client.get('/ai/schema/health', { query, signal }), [preset])
  const tabs = [
    {
      id: 'findings',
      title: texts.tabs.findings,
      ...(loaded.data && { count: loaded.data.issues.length }),
    },
    { id: 'drift', title: texts.tabs.drift },
    { id: 'baseline', title: texts.tabs.baseline, count: baseline.value.size },
  ]
  const tab = chosenTab(tabs)
  return (
    <>
      <header class="page-head">
        <h1>{texts.title}</h1>
        {loaded.data && <Verdict report={loaded.data} />}
        <span class="push">
          <Choice
            label={texts.preset}
            name="preset"
            value={preset}
            options={Object.entries(texts.presets)}
          />
        </span>
      </header>
      <Tabs label={texts.views} tabs={tabs} />
      <div class="db-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'drift' ? (
          <DriftView />
        ) : (
          <Show loaded={loaded}>
            {(report) =>
              tab === 'baseline' ? <BaselineView report={report} /> : <Findings report={report} />
            }
          </Show>
        )}
      </div>
    </>
  )
}

const verdictTones = { healthy: 'good', degraded: 'wait', danger: 'bad' } as const

function Verdict({ report }: { readonly report: Report }) {
  const { status, issue_counts, suppressed_count, withheld_count, skipped_rules } = report
  const counts = (['danger', 'warning', 'info'] as const).filter((name) => issue_counts[name] > 0)
  const skipped = skipped_rules.map(({ rule, reason }) => `${rule}: ${reason}`).join('\n')
  return (
    <>
      <span title={texts.verdictHint}>
        <Badge tone={verdictTones[status]}>{texts.verdicts[status]}</Badge>
      </span>
      <span class="quiet db-notes">
        {counts.map((name) => (
          <span key={name}>
            {issue_counts[name]} {texts.severities[name].toLowerCase()}
          </span>
        ))}
        {suppressed_count > 0 && <span>{texts.suppressed(suppressed_count)}</span>}
        {withheld_count > 0 && <span>{texts.withheld(withheld_count)}</span>}
        {skipped_rules.length > 0 && (
          <span title={skipped.slice(0, 4_000)}>{texts.skipped(skipped_rules.length)}</span>
        )}
      </span>
    </>
  )
}
