import { type About, about } from './about.ts'

/** Where a page is, and whether this deployment serves what it needs. */
export interface KnownPage {
  readonly path: string
  isOffered(about: About): boolean
}

/** Every page by its id. The table of pages fills it, so that pages can lead to each other without knowing that table. */
export const knownPages = new Map<string, KnownPage>()

/** Returns the path of a page by its id; null where the console does not show such a page. */
export function pathOfPage(id: string): string | null {
  const page = knownPages.get(id)
  return page && about.value && page.isOffered(about.value) ? page.path : null
}
