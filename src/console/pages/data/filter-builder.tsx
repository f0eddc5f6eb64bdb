import type { RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useKeys } from '../../app/keys.ts'
import { Button } from '../../parts/button.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { kindOf, lookupsFor, type QueryModel } from './queryable.ts'
import { dataTexts } from './texts.ts'
import { type Condition, setConditions, takesList } from './view.ts'

/** The conditions on the rows, and a form that adds one. */
export function FilterBuilder(props: {
  readonly model: QueryModel
  readonly lookups: readonly string[]
  readonly conditions: readonly Condition[]
}) {
  const { conditions } = props
  const [isOpen, setOpen] = useState(false)
  useKeys([{ keys: 'f', label: dataTexts.keys.filter, run: () => setOpen(true) }])
  return (
    <div class="data-filters" role="group" aria-label={dataTexts.filters}>
      {conditions.map(({ field, lookup, value }, index) => (
        <span key={index} class="data-chip">
          <Name text={field} max={40} />
          <span class="quiet">{dataTexts.lookups[lookup] ?? lookup}</span>
          <Name text={value} max={40} />
          <Button
            kind="bare"
            icon="close"
            label={dataTexts.removeFilter(field)}
            onClick={() => setConditions(conditions.filter((_, at) => at !== index))}
          />
        </span>
      ))}
      {isOpen ? (
        <NewFilter {...props} onClose={() => setOpen(false)} />
      ) : (
        <Button icon="search" onClick={() => setOpen(true)}>
          {dataTexts.addFilter}
        </Button>
      )}
    </div>
  )
}

function NewFilter({
  model,
  lookups,
  conditions,
  onClose,
}: {
  readonly model: QueryModel
  readonly lookups: readonly string[]
  readonly conditions: readonly Condition[]
  onClose(): void
}) {
  const [field, setField] = useState(model.fields[0]?.name ?? '')
  const [lookup, setLookup] = useState('exact')
  const value = useRef<HTMLInputElement & HTMLSelectElement>(null)
  const chosen = model.fields.find(({ name }) => name === field)
  const fitting = lookupsFor(chosen ? kindOf(chosen) : 'other', lookups)
  const current = fitting.includes(lookup) ? lookup : (fitting[0] ?? 'exact')
  const isChoice = current === 'is_null' || (chosen && kindOf(chosen) === 'boolean')
  return (
    <form
      class="data-new-filter"
      onSubmit={(event) => {
        event.preventDefault()
        const text = value.current?.value ?? ''
        setConditions([...conditions, { field, lookup: current, value: text }])
        onClose()
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') onClose()
      }}
    >
      <select
        aria-label={dataTexts.field}
        value={field}
        autoFocus
        ref={(element) => void (element && !value.current && element.focus())}
        onChange={({ currentTarget }) => setField(currentTarget.value)}
      >
        {model.fields.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <LookupField fitting={fitting} current={current} onChange={setLookup} />
      {isChoice ? (
        <TrueOrFalse inner={value} />
      ) : (
        <input
          ref={value}
          aria-label={dataTexts.value}
          placeholder={hintOf(current)}
          maxLength={2_000}
        />
      )}
      <Button kind="main" submit>
        {dataTexts.apply}
      </Button>
      <Button kind="bare" icon="close" label="Close" onClick={onClose} />
    </form>
  )
}

function LookupField({
  fitting,
  current,
  onChange,
}: {
  readonly fitting: readonly string[]
  readonly current: string
  onChange(lookup: string): void
}) {
  return (
    <select
      aria-label={dataTexts.lookup}
      value={current}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      {fitting.map((one) => (
        <option key={one} value={one}>
          {dataTexts.lookups[one] ?? one}
        </option>
      ))}
    </select>
  )
}

function TrueOrFalse({
  inner,
}: {
  readonly inner: RefObject<(HTMLInputElement & HTMLSelectElement) | null>
}) {
  return (
    <select aria-label={dataTexts.value} ref={inner}>
      <option>true</option>
      <option>false</option>
    </select>
  )
}

function hintOf(lookup: string): string {
  if (takesList(lookup)) return dataTexts.listHint
  return lookup.startsWith('json_contain') ? dataTexts.jsonHint : dataTexts.value
}
