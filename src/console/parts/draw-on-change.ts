import type { Component, ComponentChildren } from 'preact'

/** Makes a component that is drawn again only when a prop changes. An element kept by `useMemo` would keep the page of its time in memory. */
export function drawOnChange<Props extends object>(draw: (props: Props) => ComponentChildren) {
  return function Kept(this: Component<Props>, props: Props) {
    this.shouldComponentUpdate = (next) =>
      (Object.keys(next) as (keyof Props)[]).some((name) => next[name] !== props[name])
    return draw(props)
  }
}
