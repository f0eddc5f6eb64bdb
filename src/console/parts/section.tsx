import type { ComponentChildren } from 'preact'

/** A part of a panel of details under a heading. */
export function Section({
  title,
  children,
}: {
  readonly title: string
  readonly children: ComponentChildren
}) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
