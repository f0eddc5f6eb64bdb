// Packages that documents show and this repository does not install. Their exports are `any` here.
declare module '@ai-sdk/openai'
declare module 'drizzle-orm'
declare module 'drizzle-orm/pg-core'
declare module 'pg-boss'
