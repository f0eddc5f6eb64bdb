import { place, setQuery } from '../app/router.ts'

/** One view of a page. */
export interface Tab {
  readonly id: string
  readonly title: string
  readonly count?: number
}

/** The views of a page as links; the chosen one is the parameter `tab` of the address. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const current = chosenTab(tabs)
  const move = (step: number) => {
    const index = tabs.findIndex(({ id }) => id === current)
    const next = tabs[(index + step + tabs.length) % tabs.length]
    if (!next) return
    setQuery({ tab: next.id === tabs[0]?.id ? null : next.id })
    document.getElementById(`tab-${next.id}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label}>
      {tabs.map(({ id, title, count }, index) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === current}
          aria-controls="tab-panel"
          tabIndex={id === current ? 0 : -1}
          onClick={() => setQuery({ tab: index === 0 ? null : id }, {})}
          onKeyDown={({ key }) => {
            if (key === 'ArrowRight') move(1)
            if (key === 'ArrowLeft') move(-1)
          }}
        >
          {title}
          {count !== undefined && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  )
}

/** Returns the view that the address names; the first one without. */
export function chosenTab(tabs: readonly Tab[]): string {
  const named = place.value.query.get('tab')
  return tabs.find(({ id }) => id === named)?.id ?? tabs[0]?.id ?? ''
}
