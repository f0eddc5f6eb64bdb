import type { Approval, Decision } from '../../records/approval.ts'
import type {
  LogEntry,
  Run,
  RunInput,
  RunMessage,
  RunSummary,
  ToolCall,
} from '../../records/run.ts'
import type {
  Admission,
  ClaimedRun,
  NewRun,
  Page,
  RunChange,
  RunJournal,
  SessionReading,
} from '../store.ts'
import {
  clientToolsPlace,
  entryPlace,
  historyPlace,
  jsonPlace,
  messagePlace,
  type Place,
  resultPlace,
  textPlace,
  turnPlace,
} from './places.ts'

/** Called for each part that may be a blob, in an order that depends on nothing but the value. Returns what replaces it. */
export type Visit = <T>(part: T, place: Place<T>) => T

/** Copies a value with each part that may be a blob replaced. */
export type Walk<Value> = (value: Value, visit: Visit) => Value

/** Walks each item of a list. */
export function walkAll<Item>(walk: Walk<Item>): Walk<readonly Item[]> {
  return (items, visit) => items.map((item) => walk(item, visit))
}

/** Walks each item of a page. */
export function walkPage<Item>(walk: Walk<Item>): Walk<Page<Item>> {
  return ({ items, cursor }, visit) => ({ items: walkAll(walk)(items, visit), cursor })
}

export const walkEntries: Walk<readonly LogEntry[]> = (entries, visit) =>
  entries.map((entry) => visit(entry, entryPlace))

export const walkMessage = <Item extends RunMessage>(item: Item, visit: Visit): Item => {
  return { ...item, message: visit(item.message, messagePlace) }
}

export const walkApproval: Walk<Approval> = (approval, visit) => {
  const { args, input, output } = approval
  return {
    ...approval,
    args: visit(args, textPlace),
    input: visit(input, jsonPlace),
    ...(output === undefined ? {} : { output: visit(output, jsonPlace) }),
  }
}

export const walkDecision: Walk<Decision> = (decision, visit) => {
  const { input, output } = decision
  return {
    ...decision,
    ...(input === undefined ? {} : { input: visit(input, jsonPlace) }),
    ...(output === undefined ? {} : { output: visit(output, jsonPlace) }),
  }
}

const walkToolCall: Walk<ToolCall> = (call, visit) => {
  const { input, result } = call
  return {
    ...call,
    input: visit(input, jsonPlace),
    result: result && visit(result, resultPlace),
  }
}

const walkInput: Walk<RunInput> = (input, visit) => {
  const { prompt, history, clientTools } = input
  return {
    ...input,
    prompt: visit(prompt, messagePlace),
    history: visit(history, historyPlace),
    ...(clientTools ? { clientTools: visit(clientTools, clientToolsPlace) } : {}),
  }
}

/** Walks what a run ended with. */
const walkEnd = <Ended extends Pick<Run, 'output' | 'partial'>>(
  ended: Ended,
  visit: Visit,
): Ended => {
  const { output, partial } = ended
  return {
    ...ended,
    output: output === null ? null : visit(output, textPlace),
    partial: partial && visit(partial, messagePlace),
  }
}

export const walkSummary: Walk<RunSummary> = walkEnd

export const walkNewRun: Walk<NewRun> = (run, visit) => {
  return { ...run, input: walkInput(run.input, visit) }
}

export const walkAdmission: Walk<Admission> = (admission, visit) =>
  'run' in admission ? { ...admission, run: walkSummary(admission.run, visit) } : admission

export const walkJournal: Walk<RunJournal> = ({ run, ...parts }, visit) => {
  return {
    run: { ...walkEnd(run, visit), input: walkInput(run.input, visit) },
    messages: walkAll<RunMessage>(walkMessage)(parts.messages, visit),
    turns: parts.turns.map((turn) => visit(turn, turnPlace)),
    toolCalls: walkAll(walkToolCall)(parts.toolCalls, visit),
    approvals: walkAll(walkApproval)(parts.approvals, visit),
  }
}

/** Walks a claim. The history of a run without a session is part of its input, and is one value there. */
export const walkClaim: Walk<ClaimedRun> = (claimed, visit) => {
  const { history, journal } = claimed
  const isInput = journal.run.sessionId === null && historyPlace.held(history) !== null
  return {
    ...claimed,
    history: isInput
      ? visit(history, historyPlace)
      : history.map((message) => visit(message, messagePlace)),
    journal: walkJournal(journal, visit),
  }
}

export const walkChange: Walk<RunChange> = (change, visit) => {
  const { entries, messages, turn, approvals, toolCalls, release } = change
  return {
    ...change,
    ...(entries ? { entries: walkEntries(entries, visit) } : {}),
    ...(messages ? { messages: walkAll<RunMessage>(walkMessage)(messages, visit) } : {}),
    ...(turn ? { turn: visit(turn, turnPlace) } : {}),
    ...(approvals ? { approvals: walkAll(walkApproval)(approvals, visit) } : {}),
    ...(toolCalls ? { toolCalls: walkAll(walkToolCall)(toolCalls, visit) } : {}),
    ...(release?.to === 'end' ? { release: walkEnd(release, visit) } : {}),
  }
}

export const walkReading: Walk<SessionReading> = ({ session, messages, runs }, visit) => {
  return {
    session,
    messages: messages.map((message) => walkMessage(message, visit)),
    runs: runs.map(({ run, lastMessage, approvals }) => ({
      run: walkSummary(run, visit),
      lastMessage: lastMessage && walkMessage(lastMessage, visit),
      approvals: walkAll(walkApproval)(approvals, visit),
    })),
  }
}
