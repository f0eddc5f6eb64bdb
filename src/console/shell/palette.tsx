import { useEffect, useState } from 'preact/hooks'
import { navigate } from '../app/router.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Name } from '../parts/plain-text.tsx'
import { texts } from '../texts.ts'
import { type Found, sources } from './found.ts'
import { closeOverlay } from './overlay.ts'

/** How long typing may pause before the palette asks the studio, in milliseconds. */
const typingMs = 120

/** Searches pages, agents, runs and what else the sources find, and goes there. */
export function Palette() {
  const [query, setQuery] = useState('')
  const found = useFound(query)
  const [chosen, setChosen] = useState(0)
  const current = Math.min(chosen, found.length - 1)
  const open = (item: Found | undefined) => {
    if (!item) return
    closeOverlay()
    navigate(item.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (event.key === 'Enter') open(found[current])
    else if (step === 0 || found.length === 0) return
    else setChosen((current + step + found.length) % found.length)
    event.preventDefault()
  }
  return (
    <Dialog title={texts.search} onClose={closeOverlay} bare>
      <div class="palette">
        <input
          type="search"
          role="combobox"
          list={undefined}
          aria-label={texts.searchHint}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found.length > 0 ? `found-${current}` : undefined}
          placeholder={texts.searchHint}
          autocomplete="off"
          spellcheck={false}
          value={query}
          onInput={({ currentTarget }) => {
            setQuery(currentTarget.value.trim())
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
        <Results found={found} current={current} onChoose={setChosen} onOpen={open} />
        {found.length === 0 && <p class="quiet none">{texts.nothingFound}</p>}
      </div>
    </Dialog>
  )
}

function Results({
  found,
  current,
  onChoose,
  onOpen,
}: {
  readonly found: readonly Found[]
  readonly current: number
  onChoose(index: number): void
  onOpen(item: Found): void
}) {
  return (
    <div id="palette-list" role="listbox" aria-label={texts.search}>
      {found.map((item, index) => (
        <div
          key={item.id}
          id={`found-${index}`}
          role="option"
          aria-selected={index === current}
          ref={(element) =>
            void (index === current && element?.scrollIntoView({ block: 'nearest' }))
          }
          onMouseMove={() => onChoose(index)}
          onClick={() => onOpen(item)}
        >
          <Icon name={item.icon} />
          <Name text={item.title} max={80} />
          {item.detail !== undefined && (
            <span class="quiet">
              <Name text={item.detail} max={60} />
            </span>
          )}
          <span class="kind">{item.kind}</span>
        </div>
      ))}
    </div>
  )
}

function useFound(query: string): readonly Found[] {
  const [found, setFound] = useState<readonly (readonly Found[])[]>([])
  useEffect(() => {
    const stop = new AbortController()
    const timer = setTimeout(
      () => {
        const lists: (readonly Found[])[] = sources.map(() => [])
        for (const [index, source] of sources.entries()) {
          source(query, stop.signal).then(
            (items) => {
              if (stop.signal.aborted) return
              lists[index] = items
              setFound([...lists])
            },
            () => undefined,
          )
        }
      },
      query === '' ? 0 : typingMs,
    )
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [query])
  return found.flat().slice(0, 50)
}
