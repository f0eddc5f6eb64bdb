export type { Protocol } from './agents/protocol.ts'
