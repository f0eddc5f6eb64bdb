import { place, setQuery } from '../app/router.ts'
import { CopyButton } from './button.tsx'

/** Code to copy, written in one way. */
export interface Snippet {
  readonly id: string
  readonly title: string
  readonly text: string
}

/** Code to copy, written in several ways; the chosen one is the parameter `as` of the address. */
export function Snippets({
  label,
  snippets,
}: {
  readonly label: string
  readonly snippets: readonly Snippet[]
}) {
  const named = place.value.query.get('as')
  const chosen = snippets.find(({ id }) => id === named) ?? snippets[0]
  return (
    <div class="snippets">
      <div class="snippet-head" role="group" aria-label={label}>
        {snippets.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            class="snippet-choice"
            aria-pressed={id === chosen?.id}
            onClick={() => setQuery({ as: id })}
          >
            {title}
          </button>
        ))}
        <CopyButton text={chosen?.text ?? ''} />
      </div>
      <pre tabIndex={0}>{chosen?.text}</pre>
    </div>
  )
}
