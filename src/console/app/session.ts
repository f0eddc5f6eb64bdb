import { signal } from '@preact/signals'
import { consoleUrl } from './router.ts'

const key = `studio-token ${consoleUrl.pathname}`

/** The bearer token of this tab; null without one. */
export const token = signal<string | null>(takeFromAddress() ?? readStored())

/** True after an answer said that a token is needed, or that this one is not valid. */
export const loginNeeded = signal(false)

/** How often a token was accepted, so that pages load again after a login. */
export const logins = signal(0)

/** Keeps a token for this tab. */
export function logIn(given: string) {
  store(given)
  token.value = given
  loginNeeded.value = false
  logins.value++
}

/** Forgets the token and asks for one. */
export function logOut() {
  store(null)
  token.value = null
  loginNeeded.value = true
}

/** Takes the token of `#token=` and removes it from the address bar and the history. */
function takeFromAddress(): string | null {
  const found = new URLSearchParams(location.hash.slice(1)).get('token')
  if (found === null) return null
  history.replaceState(null, '', location.pathname + location.search)
  store(found)
  return found
}

function readStored(): string | null {
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null // storage is switched off: the token lives as long as the page
  }
}

function store(value: string | null) {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, value)
  } catch {
    // as above
  }
}
