import { useState } from 'preact/hooks'
import { isNarrow } from '../../parts/table.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { fullName, type QueryModel } from './queryable.ts'
import { dataTexts } from './texts.ts'
import { hrefOfRows } from './view.ts'

/** How many models are listed before one has to search. */
const listed = 200

let searched = ''

/** The models beside the rows, with a search over them. */
export function ModelList({
  models,
  current,
}: {
  readonly models: readonly QueryModel[]
  readonly current: string
}) {
  const [search, setSearch] = useState(searched)
  const words = search.toLowerCase().split(/\s+/)
  const found = models.filter((model) => {
    const text = `${fullName(model)} ${model.table_name}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const apps = new Set(models.map(({ app_label: app }) => app)).size
  return (
    <nav class="side-list" aria-label={dataTexts.models}>
      <input
        type="search"
        aria-label={dataTexts.searchModels}
        placeholder={dataTexts.searchModels}
        value={search}
        onInput={({ currentTarget }) => setSearch((searched = currentTarget.value))}
      />
      {found.length === 0 && <p class="quiet">{dataTexts.noModel}</p>}
      <ul>
        {found.slice(0, listed).map((model) => (
          <li key={fullName(model)}>
            <a
              href={hrefOfRows(fullName(model))}
              aria-current={fullName(model) === current && !isNarrow.value ? 'page' : undefined}
            >
              <Name text={model.name} max={80} />
              {apps > 1 && (
                <small>
                  <Name text={model.app_label} max={40} />
                </small>
              )}
            </a>
          </li>
        ))}
      </ul>
      {found.length > listed && <p class="quiet">{dataTexts.moreModels(found.length - listed)}</p>}
    </nav>
  )
}
