import { type Call, segment, type Send } from './send.ts'
import type { QueryDescription, QueryRows, RawAnswer, RowQuery, ToolCallResult } from './wire.ts'

interface Options {
  readonly signal?: AbortSignal | undefined
}

/** The calls about rows, tools and routes of the project. */
export function projectCalls(send: Send, call: <T>(path: string, call?: Call) => Promise<T>) {
  return {
    query: {
      /** Reads rows of a model, or with `explain` how the server would find them. */
      run: async (body: RowQuery, { signal }: Options = {}) =>
        call<QueryRows>('/ai/query/execute', { method: 'POST', body, signal }),
      /** Returns the JSON Schema of a query, and the lookups it may use. */
      describe: async ({ signal }: Options = {}) =>
        call<QueryDescription>('/ai/query/plan/schema', { method: 'POST', body: {}, signal }),
    },
    /** Calls a tool of the project; a write has to be `confirmed`. A tool that fails is an answer with `is_error`. */
    callTool: async (
      name: string,
      args: object,
      { signal, confirmed = false }: Options & { readonly confirmed?: boolean } = {},
    ) =>
      call<ToolCallResult>(`/ai/tools/${segment(name)}/call`, {
        method: 'POST',
        body: { arguments: args },
        headers: { 'x-ai-apply': confirmed ? 'true' : undefined },
        signal,
      }),
    /** Reads a path as text, whatever its type. It is that of a route, with its parameters filled in. */
    read: async (
      path: string,
      { query, signal }: Options & { readonly query?: object } = {},
    ): Promise<RawAnswer> =>
      send(path, { query, signal }, async (response) => ({
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        text: await response.text(),
      })),
  }
}
