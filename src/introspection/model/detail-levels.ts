/** Levels of detail, the most detailed first. */
export const details = ['full', 'summary', 'names'] as const

/** How much of each listed item an answer shows. */
export type Detail = (typeof details)[number]
