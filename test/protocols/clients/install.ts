import { fileURLToPath } from 'node:url'
import type OpenAI from 'openai'
import type { AiSdkModules } from '../ai-sdk-ui/ai-sdk-client.ts'
import { loadInstalled } from '../../support/installed.ts'
import type { LangChainMessage } from '../openai/scenario-client.ts'

interface Settings {
  readonly baseURL: string
  readonly apiKey: string
  readonly fetch: typeof fetch
}

/** Makes a model of the AI SDK of OpenAI's API. */
type Provider<More> = (settings: Settings & More) => {
  (model: string): unknown
  responses(model: string): unknown
  chat(model: string): unknown
}

/** What `load.mjs` exports, as far as the scenarios use it. */
export interface OtherClients {
  readonly ai5: Omit<AiSdkModules, 'Chat'>
  readonly ai7: Omit<AiSdkModules, 'Chat'> & {
    streamText(options: object): { readonly fullStream: AsyncIterable<unknown> }
  }
  readonly Chat5: unknown
  readonly Chat7: unknown
  readonly createOpenAI: Provider<object>
  readonly createOpenAICompatible: Provider<{ name: string; includeUsage: boolean }>
  readonly createOpenResponses: (
    settings: Omit<Settings, 'baseURL'> & { name: string; url: string },
  ) => (model: string) => unknown
  readonly ChatOpenAI: new (options: object) => {
    invoke(text: string): Promise<LangChainMessage>
  }
  readonly OpenAI: typeof OpenAI
}

/** Installs the clients of `package-lock.json` once, outside of the project, and loads them. */
export async function loadOtherClients(): Promise<OtherClients> {
  const source = fileURLToPath(new URL('.', import.meta.url))
  return (await loadInstalled(source, 'protocol-clients')) as OtherClients
}
