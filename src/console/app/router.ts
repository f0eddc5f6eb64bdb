import { signal } from '@preact/signals'

/** The address of the console, with a slash at the end. Its files lie in `assets/` below it. */
export const consoleUrl = new URL('..', import.meta.url)

/** Where the console is: a path below it that starts with a slash, and the query. */
export interface Place {
  readonly path: string
  readonly query: URLSearchParams
}

function readPlace(): Place {
  const { pathname, search } = location
  const path = `/${pathname.slice(consoleUrl.pathname.length)}`.replace(/(?<=.)\/$/, '')
  return { path, query: new URLSearchParams(search) }
}

/** The place that the address bar shows. */
export const place = signal<Place>(readPlace())

/** Returns the address of a place such as `/runs?status=failed`, for `href`. */
export function hrefOf(to: string): string {
  return consoleUrl.pathname + to.slice(1)
}

/** Goes to a place such as `/runs/run_1?tab=log`. With `replace`, "back" skips the place before. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}) {
  const before = place.value.path
  if (replace) history.replaceState(null, '', hrefOf(to))
  else history.pushState(null, '', hrefOf(to))
  place.value = readPlace()
  if (place.value.path !== before) announce()
}

/** Changes parameters of the query; null removes one. */
export function setQuery(
  changes: Readonly<Record<string, string | null>>,
  options: { readonly replace?: boolean } = { replace: true },
) {
  const query = new URLSearchParams(place.value.query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const search = query.toString()
  navigate(place.value.path + (search && `?${search}`), options)
}

/** Moves the focus to the new page, so that a screen reader says that it changed. */
function announce() {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main')?.focus())
}

/** Follows links of the console without loading it again. Call it once. */
export function startRouter() {
  addEventListener('popstate', () => (place.value = readPlace()))
  document.addEventListener('click', (event) => {
    const { target, button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented } = event
    if (defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return
    const link = target instanceof Element ? target.closest('a') : null
    if (!link || link.target || link.hasAttribute('download')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || !url.pathname.startsWith(consoleUrl.pathname)) return
    event.preventDefault()
    navigate(`/${url.pathname.slice(consoleUrl.pathname.length)}${url.search}`)
  })
}
