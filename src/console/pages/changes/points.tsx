import type { Tone } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'

/** A list under a heading, such as what a change takes away; nothing where it is empty. */
export function Points({
  title,
  tone,
  items,
}: {
  readonly title: string
  readonly tone: Tone
  readonly items: readonly string[]
}) {
  if (items.length === 0) return null
  return (
    <Section title={title}>
      <ul class={`points ${tone}`}>
        {items.map((item) => (
          <li key={item}>
            <Name text={item} max={1_000} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
