/** The parts of the full context that are served by themselves: the name of the part, and what it is. */
export const parts = {
  models: 'The models, shortened by `detail`, `match` and `maxTokens`.',
  viewsets: 'The resources, and what they support.',
  routes: 'The routes of the project and of Studio.',
  migrations: 'The migrations, applied or not.',
  settings: 'The settings that are no secret.',
  admin: 'The admin site.',
} as const

/** The name of a part of the full context. */
export type ContextPart = keyof typeof parts
