import { effect, signal } from '@preact/signals'

/** A theme that a person can choose; `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark'

const key = 'studio-theme'

/** The chosen theme, kept for this browser. */
export const theme = signal<Theme>(readTheme())

/** Chooses a theme and keeps the choice. */
export function chooseTheme(chosen: Theme) {
  theme.value = chosen
  keep(key, chosen === 'system' ? null : chosen)
}

const darkSystem = signal(false)

/** Shows the chosen theme from now on, and follows the device where it is `system`. Call it once. */
export function startTheme() {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const read = () => (darkSystem.value = system.matches)
  system.addEventListener('change', read)
  read()
  effect(() => {
    const ofSystem = darkSystem.value ? 'dark' : 'light'
    document.documentElement.dataset['theme'] = theme.value === 'system' ? ofSystem : theme.value
  })
}

function readTheme(): Theme {
  const chosen = recall(key)
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

/** Reads a setting of this browser; null if there is none or storage is switched off. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

/** Keeps a setting of this browser if it can; null removes it. */
export function keep(name: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {
    // Storage is switched off: the setting lives as long as the page.
  }
}
