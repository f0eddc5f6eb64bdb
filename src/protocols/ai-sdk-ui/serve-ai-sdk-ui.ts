import type { Protocol } from '../../agents/protocol.ts'
import { makeProtocol } from '../shared/make-protocol.ts'
import { chatRoutes } from './chat-routes.ts'

/** What `aiSdkUi` must know of its clients. */
export interface AiSdkUiOptions {
  /**
   * The major version of the AI SDK in the clients that name none. Each reads chunks that earlier ones refuse. A client names its own
   * with `?sdk=7` after the address. @default 6, whose stream AI SDK 7 reads too
   */
  readonly sdk?: 5 | 6 | 7
}

/**
 * Serves each agent to `useChat` of the AI SDK, as UI message stream v1: `POST /agents/:agentId/chat`, and below it `/:chatId/stream` to
 * resume and `/:chatId` for the messages. A chat is a session, and what is stored of it wins over what a client sends.
 *
 * @example
 * new Studio([support], { protocols: [aiSdkUi()] })
 */
export function aiSdkUi({ sdk = 6 }: AiSdkUiOptions = {}): Protocol {
  if (sdk !== 5 && sdk !== 6 && sdk !== 7) throw new TypeError('aiSdkUi: sdk is 5, 6 or 7')
  return makeProtocol('ai-sdk-ui', (module) => chatRoutes(module, sdk))
}
