import { useState } from 'preact/hooks'
import { setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Name } from '../../parts/plain-text.tsx'
import type { QueryField, QueryModel } from './queryable.ts'
import { dataTexts } from './texts.ts'

/** Chooses the fields that are shown. */
export function FieldChooser({
  model,
  fields,
}: {
  readonly model: QueryModel
  readonly fields: readonly QueryField[]
}) {
  const [isOpen, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const shown = new Set(fields.map(({ name }) => name))
  const toggle = (field: string) => {
    const next = shown.has(field) ? [...shown].filter((name) => name !== field) : [...shown, field]
    if (next.length > 0) setQuery({ fields: JSON.stringify(next), row: null })
  }
  const found = model.fields.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        {dataTexts.fields(fields.length, model.fields.length)}
      </Button>
      {isOpen && (
        <Dialog title={dataTexts.chooseFields} onClose={() => setOpen(false)}>
          <div class="data-fields">
            <input
              type="search"
              aria-label={dataTexts.searchFields}
              placeholder={dataTexts.searchFields}
              value={search}
              onInput={({ currentTarget }) => setSearch(currentTarget.value)}
            />
            <ul>
              {found.map(({ name, field_type }) => (
                <li key={name}>
                  <label>
                    <input
                      type="checkbox"
                      checked={shown.has(name)}
                      onChange={() => toggle(name)}
                    />
                    <Name text={name} max={60} />
                    <span class="quiet">
                      <Name text={field_type} max={40} />
                    </span>
                  </label>
                </li>
              ))}
            </ul>
            <p class="quiet">{dataTexts.withheld}</p>
            <Button onClick={() => setQuery({ fields: null })}>{dataTexts.firstFields}</Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
