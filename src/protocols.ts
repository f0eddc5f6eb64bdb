export type { Protocol } from './agents/protocol.ts'
export { openai } from './protocols/openai/serve-openai.ts'
