import { Chat } from '@ai-sdk/react'
import {
  DefaultChatTransport,
  type DynamicToolUIPart,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  type UIMessage,
} from 'ai'
import { expect } from 'vitest'
import type { Studio } from '../../../src/index.ts'
import { eventually } from '../../support/studio.ts'

/** How a chat of a test differs from that of an app. */
export interface ChatOptions {
  readonly agentId?: string
  readonly headers?: Record<string, string>
  readonly query?: string
  readonly messages?: UIMessage[]
  /** Added to each body. */
  readonly body?: object
}

/** Makes a `Chat` of AI SDK 6 that talks to a studio without a socket, and records what it sent and read. */
export function createChat(studio: Studio, id: string, options: ChatOptions = {}) {
  const { agentId = 'support', headers = {}, query = '', messages = [], body = {} } = options
  const bodies: string[] = []
  const statuses: number[] = []
  const reads: string[][] = []
  const finished: { finishReason: string | undefined; isAbort: boolean }[] = []
  const chat = new Chat<UIMessage>({
    id,
    messages,
    transport: new DefaultChatTransport({
      api: `http://studio.test/agents/${agentId}/chat${query}`,
      headers,
      body,
      async fetch(input, init) {
        if (typeof init?.body === 'string') bodies.push(init.body)
        const response = await studio.fetch(new Request(input as string, init))
        statuses.push(response.status)
        if (!response.ok || !response.body) return response
        const read: string[] = []
        const decoder = new TextDecoder()
        reads.push(read)
        const record = new TransformStream<Uint8Array, Uint8Array>({
          transform(bytes, controller) {
            read.push(decoder.decode(bytes, { stream: true }))
            controller.enqueue(bytes)
          },
        })
        // The client's abort reaches the stream, as it does over a socket.
        const signal = init?.signal ? { signal: init.signal } : {}
        return new Response(response.body.pipeThrough(record, signal), response)
      },
    }),
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
    onFinish: ({ finishReason, isAbort }) => void finished.push({ finishReason, isAbort }),
    onError: () => undefined,
  })
  const parts = () => chat.lastMessage?.parts ?? []
  return {
    chat,
    bodies,
    statuses,
    finished,
    /** The chunks of each response, in order. */
    chunks: () => reads.map((read) => toChunks(read.join(''))),
    text: () =>
      parts()
        .flatMap((part) => (part.type === 'text' ? [part.text] : []))
        .join('|'),
    tools: () => parts().filter((part): part is DynamicToolUIPart => part.type === 'dynamic-tool'),
    /** Waits until the message has an open approval; resolves to its part. */
    async openApproval(): Promise<DynamicToolUIPart & { approval: { id: string } }> {
      return eventually(async () => {
        const part = parts().find(
          (one) => one.type === 'dynamic-tool' && one.state === 'approval-requested',
        )
        expect(part).toBeDefined()
        expect(chat.status).toBe('ready')
        return part as DynamicToolUIPart & { approval: { id: string } }
      })
    },
    /** Waits until nothing streams and the last part is a text. */
    answered: () =>
      eventually(async () => {
        expect([chat.status, chat.error?.message, parts().at(-1)?.type]).toEqual([
          'ready',
          undefined,
          'text',
        ])
      }),
  }
}

/** A chunk as it was on the wire. */
export type WireChunk = { readonly type: string } & Record<string, unknown>

function toChunks(text: string): WireChunk[] {
  return text.split('\n\n').flatMap((frame) => {
    const data = /^data: (\{.*)$/s.exec(frame)?.[1]
    return data === undefined ? [] : [JSON.parse(data) as WireChunk]
  })
}
