import type { Readable, Writable } from 'node:stream'
import { isRecord } from '../../lib/json.ts'
import { createLineSplitter, type InputLine } from './input-lines.ts'
import { refuseRpc, type RpcFailure, toRpcFailure } from './rpc-failures.ts'

/** The longest line of the input, in bytes. */
const maxLineBytes = 32 * 1_048_576
/** Most requests of the client that are answered at the same time. */
const maxRequests = 100

type RpcId = string | number | null

/** A request to the client. */
export interface RpcCall {
  /** Resolves to the result. Rejects if the client fails or the connection ends; never settles after `cancel`. */
  readonly answer: Promise<unknown>
  /** Tells the client that nobody needs the answer any more. */
  cancel(): void
}

/** One side of a JSON-RPC connection, whose messages are lines. */
export interface RpcPeer {
  /** Resolves when the line is written, so that a slow client slows the sender down. */
  notify(method: string, params: object): Promise<void>
  request(method: string, params: object): RpcCall
  close(): void
  /** Resolves when the client has closed the input, when the output is broken, or after `close`. */
  readonly closed: Promise<void>
}

/** What is done with the messages of a client. */
export interface RpcHandlers {
  /** Resolves to the result. */
  request(method: string, params: unknown, id: RpcId): Promise<object>
  notify(method: string, params: unknown): void
  /** Gets what the client may not know. */
  report(error: unknown): void
}

/** Connects a peer to a pair of streams. `connect` gets the peer, before anything is read. */
export function connectPeer(
  input: Readable,
  output: Writable,
  connect: (peer: RpcPeer) => RpcHandlers,
): RpcPeer {
  const writer = createWriter(output, () => close())
  const calls = createCalls(writer.write)
  let finish = () => undefined as void
  const closed = new Promise<void>((resolve) => (finish = resolve))
  function close(): void {
    writer.close()
    calls.close()
    input.destroy()
    finish()
  }
  const peer: RpcPeer = {
    notify: (method, params) => writer.write({ method, params }),
    request: calls.request,
    close,
    closed,
  }
  const handlers = connect(peer)
  const receive = createReceiver(handlers, writer, calls.settle)
  void readLines(input, receive)
    .catch(() => undefined)
    .finally(close)
  return peer
}

async function readLines(input: Readable, receive: (line: InputLine) => void): Promise<void> {
  const splitter = createLineSplitter(maxLineBytes)
  for await (const chunk of input as AsyncIterable<Uint8Array>) {
    for (const line of splitter.push(chunk)) receive(line)
  }
  for (const line of splitter.end()) receive(line)
}

type Write = (message: object) => Promise<void>

interface Writer {
  readonly write: Write
  isOpen(): boolean
  close(): void
}

function createWriter(output: Writable, onBroken: () => void): Writer {
  let isOpen = true
  output.on('error', () => onBroken())
  const write: Write = async (message) => {
    if (!isOpen) return
    const line = `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
    const error = await new Promise((resolve) => output.write(line, resolve))
    if (error) onBroken()
  }
  return { write, isOpen: () => isOpen, close: () => void (isOpen = false) }
}

/** Keeps the requests that wait for an answer of the client. */
function createCalls(write: Write) {
  interface Waiting {
    readonly resolve: (result: unknown) => void
    readonly reject: (error: Error) => void
  }
  const waiting = new Map<RpcId, Waiting>()
  let lastId = 0
  return {
    request(method: string, params: object): RpcCall {
      const id = ++lastId
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }))
      void write({ id, method, params })
      return {
        answer,
        cancel() {
          if (!waiting.delete(id)) return
          void write({ method: '$/cancel_request', params: { requestId: id } })
        },
      }
    },
    /** An answer that nobody waits for is ignored. */
    settle({ id, result, error }: Record<string, unknown>): void {
      const call = waiting.get(id as RpcId)
      waiting.delete(id as RpcId)
      if (error === undefined) call?.resolve(result)
      else call?.reject(new Error('The client answered with an error'))
    },
    close(): void {
      for (const { reject } of waiting.values()) reject(new Error('The connection has ended'))
      waiting.clear()
    },
  }
}

function createReceiver(
  handlers: RpcHandlers,
  { write, isOpen }: Writer,
  settle: (message: Record<string, unknown>) => void,
) {
  let open = 0
  const fail = (id: RpcId, error: unknown) => write({ id, error: toAnswer(error, handlers.report) })
  async function answer(id: RpcId, method: string, params: unknown): Promise<void> {
    open += 1
    try {
      if (open > maxRequests) throw refuseRpc('internalError', 'Too many requests at the same time')
      await write({ id, result: await handlers.request(method, params, id) })
    } catch (error) {
      if (isOpen()) await fail(id, error)
    } finally {
      open -= 1
    }
  }
  return (line: InputLine): void => {
    const message = line === null ? undefined : parseJson(line)
    if (line === null) {
      const tooLong = `A message may have ${maxLineBytes} bytes`
      void fail(null, refuseRpc('invalidRequest', tooLong))
    } else if (message === undefined) {
      void fail(null, refuseRpc('parseError', 'A line is not JSON'))
    } else if (!isRecord(message) || Array.isArray(message) || message['jsonrpc'] !== '2.0') {
      void fail(null, refuseRpc('invalidRequest', 'A line is no message of JSON-RPC 2.0'))
    } else receiveMessage(message)
  }
  function receiveMessage(message: Record<string, unknown>): void {
    const { id, method, params } = message
    const hasId = id === null || typeof id === 'string' || typeof id === 'number'
    if (typeof method === 'string' && hasId) void answer(id, method, params)
    else if (typeof method === 'string' && id === undefined) handlers.notify(method, params)
    else if (method === undefined && hasId && ('result' in message || 'error' in message)) {
      settle(message)
    } else void fail(null, refuseRpc('invalidRequest', 'A line is no message of JSON-RPC 2.0'))
  }
}

function toAnswer(error: unknown, report: (error: unknown) => void): RpcFailure {
  const failure = toRpcFailure(error)
  if (failure) return failure
  report(error)
  return refuseRpc('internalError', 'The request failed').failure
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
