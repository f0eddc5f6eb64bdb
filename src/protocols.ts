export type { Protocol } from './agents/protocol.ts'
export { aiSdkUi, type AiSdkUiOptions } from './protocols/ai-sdk-ui/serve-ai-sdk-ui.ts'
