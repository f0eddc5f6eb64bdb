import { useEffect, useRef } from 'preact/hooks'
import { about } from '../../app/about.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { texts } from '../../texts.ts'
import type { Filters } from './query.ts'
import { runsTexts } from './texts.ts'

/** How long typing may pause before the list is searched, in milliseconds. */
const typingMs = 250

/** The filters above the list. Each is a part of the address. */
export function FilterBar({ filters }: { readonly filters: Filters }) {
  const agents = about.value?.config.agents ?? []
  return (
    <div class="filters" role="group" aria-label={runsTexts.filters}>
      <Search value={filters.search} />
      <Choice
        label={runsTexts.agent}
        name="agent"
        value={filters.agent}
        all={runsTexts.anyAgent}
        options={agents.map(({ id, name }) => [id, name])}
      />
      <Choice
        label={runsTexts.time}
        name="time"
        value={filters.time}
        options={Object.entries(runsTexts.times)}
      />
      {filters.session !== '' && (
        <span class="chip">
          {runsTexts.session} <Name text={filters.session} max={12} />
          <Button
            kind="bare"
            icon="close"
            label={runsTexts.removeSession}
            onClick={() => setQuery({ session: null })}
          />
        </span>
      )}
    </div>
  )
}

/** The states of runs as links. */
export function StatusFilter({ chosen }: { readonly chosen: Filters['status'] }) {
  const all = [['', runsTexts.all] as const, ...Object.entries(texts.status)]
  return (
    <nav class="segments" aria-label={runsTexts.columns.status}>
      {all.map(([status, label]) => {
        const query = new URLSearchParams(place.value.query)
        if (status === '') query.delete('status')
        else query.set('status', status)
        return (
          <a
            key={status}
            href={hrefOf(`/runs${query.size > 0 ? `?${query.toString()}` : ''}`)}
            aria-current={status === chosen ? 'true' : undefined}
          >
            {label}
          </a>
        )
      })}
    </nav>
  )
}

function Search({ value }: { readonly value: string }) {
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    if (field.current && document.activeElement !== field.current) field.current.value = value
  }, [value])
  return (
    <input
      ref={field}
      type="search"
      aria-label={runsTexts.search}
      placeholder={runsTexts.search}
      maxLength={200}
      defaultValue={value}
      onInput={({ currentTarget }) => {
        clearTimeout(timer.current)
        timer.current = setTimeout(() => setQuery({ search: currentTarget.value.trim() }), typingMs)
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.blur()
      }}
    />
  )
}
