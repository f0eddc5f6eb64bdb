export type { Protocol } from './agents/protocol.ts'
export { aiSdkUi, type AiSdkUiOptions } from './protocols/ai-sdk-ui/serve-ai-sdk-ui.ts'
export { openai } from './protocols/openai/serve-openai.ts'
export { agUi } from './protocols/ag-ui/serve-ag-ui.ts'
