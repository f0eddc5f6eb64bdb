import { signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { keep, recall } from './theme.ts'

/** One key, or two after each other such as `g r`, and what they do. */
export interface Binding {
  readonly keys: string
  /** Shown in the list of keys; a binding without a label is not listed. */
  readonly label?: string
  run(): void
}

/** The bindings of everything that is on the page, the latest last. */
export const bindings = signal<readonly Binding[]>([])

/** Whether single keys do something. Speech input may need them off (WCAG 2.1.4). */
export const keysOn = signal(recall('studio-keys') !== 'off')

/** Switches the keys on or off for this browser. */
export function switchKeys(on: boolean) {
  keysOn.value = on
  keep('studio-keys', on ? null : 'off')
}

/** Binds keys while a component is on the page. */
export function useKeys(own: readonly Binding[]) {
  const latest = useRef(own)
  latest.current = own
  const names = own.map(({ keys, label }) => `${keys} ${label}`).join('|')
  // Before the page is painted: who sees it may press its keys.
  useLayoutEffect(() => {
    const bound = latest.current.map(({ keys, label }, index): Binding => {
      const run = () => latest.current[index]?.run()
      return label === undefined ? { keys, run } : { keys, label, run }
    })
    bindings.value = [...bindings.value, ...bound]
    return () => {
      bindings.value = bindings.value.filter((one) => !bound.includes(one))
    }
  }, [names])
}

/** How long the second key of a pair may take, in milliseconds. */
const pairMs = 1_200

/** Listens to keys. Call it once. */
export function startKeys() {
  let first: { readonly key: string; readonly at: number } | null = null
  addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event
    const isPalette = key.toLowerCase() === 'k' && (ctrlKey || metaKey)
    const isPlain = keysOn.value && !ctrlKey && !metaKey && !altKey && !isTyping(target)
    if (!isPalette && (!isPlain || document.querySelector('dialog[open]'))) return
    const pair = first && event.timeStamp - first.at < pairMs ? `${first.key} ${key}` : ''
    const pressed = isPalette ? 'mod k' : key
    const found = findBinding(pair) ?? findBinding(pressed)
    first = found ? null : { key, at: event.timeStamp }
    if (!found) return
    event.preventDefault()
    found.run()
  })
}

function findBinding(keys: string): Binding | undefined {
  return bindings.value.findLast((binding) => binding.keys === keys)
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  )
}
