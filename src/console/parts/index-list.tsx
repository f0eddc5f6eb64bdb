import type { ComponentChildren } from 'preact'
import { texts } from '../texts.ts'
import { hrefOf, place } from '../app/router.ts'
import { SearchField } from './forms/filters.tsx'
import { Name } from './plain-text.tsx'
import { isNarrow } from './table.tsx'

/** How many entries of a group are listed before one has to search. */
const listed = 300

/** One entry of an index. */
export interface IndexEntry {
  readonly id: string
  readonly group: string
  /** The place of the entry; the list adds what is searched for. */
  readonly to: string
  readonly hint?: string | undefined
  readonly shown: ComponentChildren
}

/** All entries of a page in groups, with a search over them. */
export function IndexList({
  label,
  search,
  nothing,
  current,
  entries,
}: {
  readonly label: string
  /** The name of the search field. */
  readonly search: string
  readonly nothing: string
  readonly current: string | undefined
  readonly entries: readonly IndexEntry[]
}) {
  const query = place.value.query.get('search')
  const searched = query ? new URLSearchParams({ search: query }).toString() : ''
  const groups = [...new Set(entries.map(({ group }) => group))]
  return (
    <nav class="index-list" aria-label={label}>
      <SearchField label={search} name="search" />
      {entries.length === 0 && <p class="quiet">{nothing}</p>}
      <div class="index-groups">
        {groups.map((group) => {
          const own = entries.filter((entry) => entry.group === group)
          return (
            <div key={group}>
              {group !== '' && (
                <h2>
                  <Name text={group} max={60} />
                </h2>
              )}
              <ul>
                {own.slice(0, listed).map(({ id, to, hint, shown }) => (
                  <li key={id}>
                    <a
                      href={hrefOf(
                        searched ? `${to}${to.includes('?') ? '&' : '?'}${searched}` : to,
                      )}
                      title={hint}
                      aria-current={id === current && !isNarrow.value ? 'page' : undefined}
                    >
                      {shown}
                    </a>
                  </li>
                ))}
              </ul>
              {own.length > listed && <p class="quiet">{texts.moreEntries(own.length - listed)}</p>}
            </div>
          )
        })}
      </div>
    </nav>
  )
}
