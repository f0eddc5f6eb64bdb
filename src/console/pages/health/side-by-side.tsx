import type { Answers } from '../../../client.ts'
import { hrefOf, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { placeOf } from '../schema/models.ts'
import { healthTexts } from './texts.ts'

const texts = healthTexts.drift

/** A table as it is declared and as it is. */
export type TableDiff = Answers['/ai/schema/diff']['tables'][string]

type DiffColumn = NonNullable<TableDiff['database']>['columns'][string]

/** The columns of a table as the model declares them, beside those that the database has. */
export function SideBySide({ name, diff }: { readonly name: string; readonly diff: TableDiff }) {
  const { model, database, drift } = diff
  const names = [
    ...new Set([...Object.keys(model?.columns ?? {}), ...Object.keys(database?.columns ?? {})]),
  ]
  const different = new Set(drift.flatMap(({ column }) => column ?? []))
  return (
    <div class="scroll db-detail">
      <header>
        <h2 class="mono">
          <Name text={name} />
        </h2>
        {model && (
          <a href={hrefOf(placeOf(`${model.app_label}.${model.name}`))}>
            <Name text={model.name} />
          </a>
        )}
        <span class="push">
          <Button
            kind="bare"
            icon="close"
            label={texts.back}
            onClick={() => setQuery({ table: null })}
          />
        </span>
      </header>
      {!model && <p class="wait">{texts.noModel}</p>}
      {!database && <p class="bad">{texts.noTable}</p>}
      {drift.length > 0 && <Differences drift={drift} />}
      <div class="table-frame">
        <table class="db-diff">
          <thead>
            <tr>
              <th scope="col">{texts.columns.column}</th>
              <th scope="col">{texts.columns.declared}</th>
              <th scope="col">{texts.columns.live}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((column) => (
              <tr key={column} class={different.has(column) ? 'db-differs' : undefined}>
                <th scope="row">
                  <Name text={column} />
                </th>
                <Cell column={model?.columns[column]} isKnown={model !== null} />
                <Cell column={database?.columns[column]} isKnown={database !== null} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Cell({
  column,
  isKnown,
}: {
  readonly column: DiffColumn | undefined
  readonly isKnown: boolean
}) {
  if (!column) return <td class="bad">{isKnown ? texts.missing : ''}</td>
  const { type, nullable, primary_key, default: fallback } = column
  return (
    <td class="mono">
      <Name text={type} />
      <span class="quiet">
        {nullable && ` ${texts.nullable}`}
        {primary_key && ` ${texts.key}`}
        {fallback !== null && (
          <>
            {' = '}
            <Name text={fallback} />
          </>
        )}
      </span>
    </td>
  )
}

function Differences({ drift }: Pick<TableDiff, 'drift'>) {
  return (
    <ul class="db-objects">
      {drift.map(({ id, message }) => (
        <li key={id}>
          <PlainText text={message} />
        </li>
      ))}
    </ul>
  )
}
