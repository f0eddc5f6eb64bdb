import { signal } from '@preact/signals'

/** What is open above the page. */
export const overlay = signal<'palette' | 'shortcuts' | null>(null)

/** Closes what is open above the page. */
export const closeOverlay = () => void (overlay.value = null)
