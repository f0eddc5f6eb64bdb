import type { ComponentChildren } from 'preact'
import { pathOfPage } from '../../app/known-pages.ts'
import type { Loaded } from '../../app/loaded.ts'
import { hrefOf } from '../../app/router.ts'
import { Show } from '../../parts/states.tsx'

/** A part of the overview, with a link to its page if the console has one. */
export function Card<T>({
  title,
  page,
  loaded,
  isWide = false,
  children,
}: {
  readonly title: string
  readonly page?: string
  readonly loaded: Loaded<T | null>
  readonly isWide?: boolean
  children(data: T): ComponentChildren
}) {
  const path = page === undefined ? null : pathOfPage(page)
  return (
    <section class={isWide ? 'card wide' : 'card'}>
      <h2>{path === null ? title : <a href={hrefOf(path)}>{title}</a>}</h2>
      <Show loaded={loaded as Loaded<T>} lines={3}>
        {children}
      </Show>
    </section>
  )
}

/** Names with values, one below the other. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[]
}) {
  return (
    <dl class="card-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
