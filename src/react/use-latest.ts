import { useRef } from 'react'

/** Returns a box with the value of the latest render, so that effects and callbacks need not depend on its identity. */
export function useLatest<T>(value: T): { readonly current: T } {
  const box = useRef(value)
  box.current = value
  return box
}
