import type { RowQuery, QueryRows } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { CopyButton } from '../../parts/button.tsx'
import { PlainText, Name } from '../../parts/plain-text.tsx'
import { Show } from '../../parts/states.tsx'
import { dataTexts } from './texts.ts'

type PlanStep = NonNullable<NonNullable<QueryRows['explanation']>['plan']>

/** How the server would find the rows: the SQL, and the steps of the planner. */
export function QueryPlan({ request }: { readonly request: RowQuery }) {
  const loaded = useLoaded(
    (signal) => client.query.run({ ...request, explain: true }, { signal }),
    [request],
  )
  return (
    <div class="scroll" id="tab-panel" role="tabpanel" aria-labelledby="tab-plan" tabIndex={0}>
      <Show loaded={loaded}>
        {({ explanation }) => (
          <div class="data-plan">
            <h2>{dataTexts.steps}</h2>
            <Steps plan={explanation?.plan ?? null} />
            <h2>
              {dataTexts.sql} <CopyButton text={explanation?.sql ?? ''} />
            </h2>
            <PlainText text={explanation?.sql ?? ''} code />
            {explanation && explanation.parameters.length > 0 && (
              <>
                <h2>{dataTexts.parameters}</h2>
                <ol>
                  {explanation.parameters.map((parameter, index) => (
                    <li key={index}>
                      <Name text={parameter} />
                    </li>
                  ))}
                </ol>
              </>
            )}
          </div>
        )}
      </Show>
    </div>
  )
}

function Steps({ plan }: { readonly plan: PlanStep | null }) {
  if (!plan) return <p class="quiet">{dataTexts.noPlan}</p>
  return (
    <>
      <p class="quiet">{dataTexts.estimates}</p>
      <table class="data-steps">
        <thead>
          <tr>
            <th scope="col">{dataTexts.step}</th>
            <th scope="col">{dataTexts.estimatedRows}</th>
            <th scope="col">{dataTexts.cost}</th>
          </tr>
        </thead>
        <tbody>
          {flatten(plan).map(({ step, depth }, index) => (
            <tr key={index}>
              <td style={{ paddingLeft: `${8 + Math.min(depth, 12) * 16}px` }}>
                <strong>{String(step['Node Type'] ?? '')}</strong> <Name text={describe(step)} />
              </td>
              <td>{formatFigure(step['Plan Rows'])}</td>
              <td>{formatFigure(step['Total Cost'])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function flatten(step: PlanStep, depth = 0): { step: PlanStep; depth: number }[] {
  return [{ step, depth }, ...(step.Plans ?? []).flatMap((child) => flatten(child, depth + 1))]
}

function describe(step: PlanStep): string {
  const names = ['Join Type', 'Strategy', 'Scan Direction', 'Relation Name', 'Index Name']
  return names.flatMap((name) => (typeof step[name] === 'string' ? [step[name]] : [])).join(' · ')
}

const formatFigure = (figure: unknown) =>
  typeof figure === 'number' ? figure.toLocaleString() : ''
