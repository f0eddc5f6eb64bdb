/** A part of a message, as far as the scenarios read it. */
export interface ChatPart {
  readonly type: string
  readonly text?: string
  readonly toolName?: string
  readonly state?: string
  readonly input?: unknown
  readonly output?: unknown
  readonly errorText?: string
  readonly approval?: { readonly id: string }
  readonly data?: { readonly approvalId?: string; readonly status?: string }
}

/** A message of a chat. */
export interface ChatMessage {
  readonly id: string
  readonly role: string
  readonly metadata?: unknown
  readonly parts: readonly ChatPart[]
}

/** The class `Chat` of @ai-sdk/react 2, 3 and 4, as far as the scenarios use it. */
export interface ChatLike {
  messages: readonly ChatMessage[]
  readonly status: string
  readonly error: Error | undefined
  sendMessage(message?: object, options?: object): Promise<void>
  resumeStream(): Promise<void>
  stop(): Promise<void>
  /** AI SDK 5 has no approvals. */
  addToolApprovalResponse?(response: object): Promise<void>
}

/** The AI SDK of one major version. */
export interface AiSdkClient {
  readonly sdk: 5 | 6 | 7
  createChat(options: {
    readonly id: string
    readonly api: string
    readonly fetch: typeof fetch
    readonly headers?: Record<string, string>
    readonly messages?: readonly ChatMessage[]
  }): ChatLike
}

type Constructor<Made> = new (options: object) => Made

/** What the packages `ai` and `@ai-sdk/react` export, in any of the versions. */
export interface AiSdkModules {
  readonly Chat: unknown
  readonly DefaultChatTransport: unknown
  readonly lastAssistantMessageIsCompleteWithApprovalResponses?: unknown
}

/** Makes a client of the packages of one version. */
export function toAiSdkClient(sdk: 5 | 6 | 7, modules: AiSdkModules): AiSdkClient {
  const Transport = modules.DefaultChatTransport as Constructor<object>
  const Chat = modules.Chat as Constructor<ChatLike>
  return {
    sdk,
    createChat: ({ id, messages = [], api, ...transport }) =>
      new Chat({
        id,
        messages,
        transport: new Transport({ api: `${api}?sdk=${sdk}`, ...transport }),
        sendAutomaticallyWhen: modules.lastAssistantMessageIsCompleteWithApprovalResponses,
        onError: () => undefined,
      }),
  }
}
