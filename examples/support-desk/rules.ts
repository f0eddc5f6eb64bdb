import { type Order, orderSchema } from './orders.ts'
import { refundSchema, toEuros } from './tools.ts'

/** One part of a prompt message, as the AI SDK passes it to a model. */
interface Part {
  readonly type: string
  readonly text?: string
  readonly toolName?: string
  readonly output?: { readonly type: string; readonly value: unknown }
}

/** One message of a prompt. Only the content of a system message is a string. */
export interface PromptMessage {
  readonly role: string
  readonly content: string | readonly Part[]
}

/** What the model does next: call tools, or answer. */
export type Turn =
  | {
      readonly calls: readonly { readonly toolName: string; readonly input: object }[]
    }
  | { readonly text: string }

/** The sentence that ends every answer. */
export const signature =
  'This was the rule-driven demo model; with OPENAI_API_KEY set, a real one answers.'

/**
 * Decides by rules, in place of a language model: looks up an order number, refunds an amount, and writes sentences from
 * the results of tools.
 *
 * @param offered The names of the tools that may be called.
 */
export function decide(prompt: readonly PromptMessage[], offered: readonly string[]): Turn {
  const results = readResults(prompt)
  if (results.length > 0) return say(results.map(toSentence).join(' '))
  const question = readLastQuestion(prompt)
  const orders = readOrderNumbers(question)
  const known =
    orders.length > 0 ? orders : readOrderNumbers(prompt.map(readText).join(' ')).slice(-1)
  if (/\brefund/i.test(question)) return decideRefund(question, known, offered)
  const about = orders.length > 0 || /\b(it|its|order|that)\b/i.test(question) ? known : []
  if (about.length > 0 && offered.includes('lookup_order')) {
    return { calls: about.map((orderId) => ({ toolName: 'lookup_order', input: { orderId } })) }
  }
  return say('I can look up an order such as ORD-1001, or refund an amount such as 5 € of it.')
}

/** Returns the results of tools since the last message of the user. */
export function readResults(prompt: readonly PromptMessage[]): readonly Part[] {
  return prompt
    .slice(toLastQuestion(prompt) + 1)
    .filter(({ role }) => role === 'tool')
    .flatMap(readParts)
    .filter(({ type }) => type === 'tool-result')
}

/** Returns the text of the last message of the user. */
export function readLastQuestion(prompt: readonly PromptMessage[]): string {
  return readText(prompt[toLastQuestion(prompt)])
}

function toLastQuestion(prompt: readonly PromptMessage[]): number {
  return prompt.findLastIndex(({ role }) => role === 'user')
}

function decideRefund(
  question: string,
  [orderId]: readonly string[],
  offered: readonly string[],
): Turn {
  const cents = readCents(question)
  if (!offered.includes('refund_order')) return say('I have no tool for refunds.')
  if (!orderId) return say('Which order should I refund? Its number looks like ORD-1001.')
  if (cents === null) return say(`How many euros of ${orderId} should I refund?`)
  return { calls: [{ toolName: 'refund_order', input: { orderId, cents } }] }
}

function say(text: string): Turn {
  return { text: `${text} ${signature}` }
}

function readParts({ content }: PromptMessage): readonly Part[] {
  return typeof content === 'string' ? [] : content
}

/** Returns the text of a user message; an empty string for other messages. */
function readText(message: PromptMessage | undefined): string {
  if (message?.role !== 'user') return ''
  return readParts(message)
    .map(({ text }) => text ?? '')
    .join(' ')
}

function readOrderNumbers(text: string): string[] {
  const numbers = text.match(/\bORD-\d+\b/gi) ?? []
  return [...new Set(numbers.map((number) => number.toUpperCase()))]
}

/** Reads an amount such as `5 €`, `12,50 EUR` or `€ 3`. Returns null when there is none. */
function readCents(text: string): number | null {
  const amount = String.raw`(\d+)(?:[.,](\d{1,2}))?(?![\d.,]*\d)`
  const found =
    new RegExp(`${amount}\\s*(?:€|eur)`, 'i').exec(text) ??
    new RegExp(`(?:€|\\beur)\\s*${amount}`, 'i').exec(text)
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : null
}

function toSentence({ toolName = 'the tool', output }: Part): string {
  const text = String(output?.value ?? '')
  if (output?.type === 'error-text') return `${toolName} failed: ${text.replace(/[^.!?]$/, '$&.')}`
  const value = parseJson(text)
  const order = orderSchema.safeParse(value)
  if (order.success) return describeOrder(order.data)
  const refund = refundSchema.safeParse(value)
  if (!refund.success) return text
  const { orderId, refundedCents, leftCents } = refund.data
  return `I refunded ${toEuros(refundedCents)} of ${orderId}; ${toEuros(leftCents)} are left.`
}

function describeOrder(order: Order): string {
  const { orderId, status, waitingFor, customer, placedAt, items, totalCents, refundedCents } =
    order
  const goods = items.map(({ quantity, description }) => `${quantity} × ${description}`)
  const refunded = refundedCents > 0 ? `, of which ${toEuros(refundedCents)} were refunded` : ''
  return [
    `Order ${orderId} is ${status}${waitingFor ? ` while ${waitingFor} is pending` : ''}.`,
    `${customer} ordered ${goods.join(', ')} on ${placedAt.slice(0, 10)},`,
    `for ${toEuros(totalCents)}${refunded}.`,
  ].join(' ')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
