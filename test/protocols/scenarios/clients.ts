import { Chat } from '@ai-sdk/react'
import * as ai from 'ai'
import OpenAI from 'openai'
import { a2aScenarios } from '../a2a/scenarios.ts'
import { openEditor } from '../acp/editor.ts'
import { acpScenarios } from '../acp/scenarios.ts'
import { agUiScenarios } from '../ag-ui/scenarios.ts'
import { openThread } from '../ag-ui/thread-client.ts'
import { type AiSdkClient, toAiSdkClient } from '../ai-sdk-ui/ai-sdk-client.ts'
import { aiSdkScenarios } from '../ai-sdk-ui/scenarios.ts'
import type { OtherClients } from '../clients/install.ts'
import {
  aiSdkProvider,
  chatClient,
  langChainClient,
  type OpenaiScenarioClient,
  type Place,
  responsesClient,
} from '../openai/scenario-client.ts'
import { openaiScenarios } from '../openai/scenarios.ts'
import type { ScenarioStudio } from './studio.ts'

/** One row of the table: a client with what it can do. */
export interface ClientRow {
  readonly name: string
  /** A cell rejects where the client sees something else; a text says why there is no shape for it. */
  readonly cells: Readonly<Record<string, (studio: ScenarioStudio) => Promise<string | void>>>
  /** The columns for which the protocol or the client has no shape. */
  readonly without: readonly string[]
}

function toRow<Client>(
  name: string,
  client: Client,
  scenarios: Readonly<
    Record<string, (client: Client, studio: ScenarioStudio) => Promise<string | void>>
  >,
  without: readonly string[] = [],
): ClientRow {
  const cells = Object.entries(scenarios).map(
    ([column, scenario]) => [column, (studio: ScenarioStudio) => scenario(client, studio)] as const,
  )
  return { name, cells: Object.fromEntries(cells), without }
}

const noCalls = ['cancel', 'resume after cut', 'resume after kill -9', 'tenant']
const edits = 'edited approval'
const ofChat = ['tools', 'approval', edits, ...noCalls]

const ui = (name: string, client: AiSdkClient, without: readonly string[] = []) =>
  toRow(`useChat, ${name}`, client, aiSdkScenarios, without)
const api = (name: string, client: OpenaiScenarioClient, without: readonly string[]) =>
  toRow(name, client, openaiScenarios, without)

const make = ({ baseURL, apiKey, fetch }: Place) =>
  new OpenAI({ baseURL, apiKey, fetch, maxRetries: 0 })

/** The clients that are packages of this project. */
export const ownClients: readonly ClientRow[] = [
  ui('AI SDK 6', toAiSdkClient(6, { ...ai, Chat })),
  toRow('HttpAgent, AG-UI 1.0.0', openThread, agUiScenarios),
  api('openai 6.49.0, Responses', responsesClient(make), [edits]),
  api('openai 6.49.0, Chat Completions', chatClient(make), ofChat),
  ...(['JSONRPC', 'HTTP+JSON'] as const).map((binding) =>
    toRow(`@a2a-js/sdk 1.3.0, ${binding}`, { binding }, a2aScenarios, ['reasoning', 'tools']),
  ),
  toRow('@agentclientprotocol/sdk 2.4.0', openEditor, acpScenarios, [edits]),
]

/** The clients that are installed elsewhere. */
export function otherClients(loaded: OtherClients): ClientRow[] {
  const { ai5, ai7, Chat5, Chat7, createOpenAI, createOpenAICompatible } = loaded
  const newest = (place: Place) => new loaded.OpenAI({ ...place, maxRetries: 0 })
  const stream = (model: unknown, prompt: string) =>
    ai7.streamText({ model, prompt, maxRetries: 0, onError: () => undefined }).fullStream
  const provide = (kind: 'responses' | 'chat', model: (place: Place) => unknown) =>
    aiSdkProvider(kind, (place, prompt) => stream(model(place), prompt))
  const chain = (kind: 'responses' | 'chat') =>
    langChainClient(kind, ({ apiKey, ...configuration }, prompt) =>
      new loaded.ChatOpenAI({
        model: 'support',
        apiKey,
        useResponsesApi: kind === 'responses',
        maxRetries: 0,
        configuration,
      }).invoke(prompt),
    )
  const openResponses = ({ baseURL, apiKey, fetch }: Place) =>
    loaded.createOpenResponses({ name: 'studio', url: `${baseURL}/responses`, apiKey, fetch })
  const compatible = (place: Place) =>
    createOpenAICompatible({ ...place, name: 'studio', includeUsage: true })
  return [
    ui('AI SDK 5', toAiSdkClient(5, { ...ai5, Chat: Chat5 }), ['approval', edits]),
    ui('AI SDK 7', toAiSdkClient(7, { ...ai7, Chat: Chat7 })),
    api('openai 7.59.0, Responses', responsesClient(newest), [edits]),
    api('openai 7.59.0, Chat Completions', chatClient(newest), ofChat),
    api(
      '@ai-sdk/openai 4.0.118, Responses',
      provide('responses', (place) => createOpenAI(place).responses('support')),
      ['approval', edits, ...noCalls],
    ),
    api(
      '@ai-sdk/openai 4.0.118, Chat Completions',
      provide('chat', (place) => createOpenAI(place).chat('support')),
      ['reasoning', ...ofChat],
    ),
    api(
      '@ai-sdk/openai-compatible 3.0.92',
      provide('chat', (place) => compatible(place)('support')),
      ofChat,
    ),
    api(
      '@ai-sdk/open-responses 2.0.36',
      provide('responses', (place) => openResponses(place)('support')),
      ['tools', 'approval', edits, ...noCalls],
    ),
    api('@langchain/openai 1.6.0, Responses', chain('responses'), [
      'reasoning',
      'tools',
      'approval',
      edits,
      ...noCalls,
    ]),
    api('@langchain/openai 1.6.0, Chat Completions', chain('chat'), ['reasoning', ...ofChat]),
  ]
}
