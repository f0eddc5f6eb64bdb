/** How much of each thing is told, most first. */
export const details = ['full', 'summary', 'names'] as const

/** One of `details`. */
export type Detail = (typeof details)[number]
