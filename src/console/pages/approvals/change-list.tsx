import type { Change } from '../../parts/forms/json-schema.ts'
import { Name } from '../../parts/plain-text.tsx'
import { approvalsTexts as texts } from './texts.ts'

/** What differs between the arguments of the model and those of a person. */
export function ChangeList({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <ul class="changes">
      {changes.map(({ path, before, after }) => (
        <li key={path}>
          <span class="mono">
            <Name text={path === '' ? texts.arguments : path} max={80} />
          </span>
          <del>
            <Side value={before} />
          </del>
          <ins>
            <Side value={after} />
          </ins>
        </li>
      ))}
    </ul>
  )
}

function Side({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span class="quiet">{texts.nothing}</span>
  return <Name text={typeof value === 'symbol' ? '…' : JSON.stringify(value)} max={300} />
}
