import type { ComponentChildren } from 'preact'
import { hrefOf } from '../app/router.ts'
import { Icon } from './icon.tsx'
import { isNarrow } from './table.tsx'

/** A list beside the details of what is chosen in it. Where it is narrow, the chosen one covers the list. */
export function Sides({
  isOpen,
  list,
  label,
  gone,
  children,
}: {
  readonly isOpen: boolean
  readonly list: ComponentChildren
  /** The name of the details. */
  readonly label: string
  /** What is said if what was chosen is not there. */
  readonly gone: string
  readonly children: ComponentChildren
}) {
  return (
    <div class={isOpen ? 'sides open' : 'sides'}>
      <div class="side-list">{list}</div>
      <section class="side-detail" aria-label={label}>
        {children || <p class="quiet side-hint">{gone}</p>}
      </section>
    </div>
  )
}

/** The head of a page that has a list beside it; where it is narrow, it leads back to the list. */
export function SplitHead({
  back,
  label,
  children,
}: {
  /** The place of the list. */
  readonly back: string
  readonly label: string
  readonly children: ComponentChildren
}) {
  return (
    <header class="page-head">
      {isNarrow.value && (
        <a class="back" href={hrefOf(back)} aria-label={label}>
          <Icon name="right" />
        </a>
      )}
      {children}
    </header>
  )
}
