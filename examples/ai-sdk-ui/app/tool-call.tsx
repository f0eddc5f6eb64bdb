/** @jsxImportSource react */
import type { ChatAddToolApproveResponseFunction, DynamicToolUIPart } from 'ai'

interface Props {
  readonly part: DynamicToolUIPart
  readonly answer: ChatAddToolApproveResponseFunction
}

/** A call of a tool, with buttons while it waits for its approval. */
export function ToolCall({ part, answer }: Props) {
  const { toolName, state, input } = part
  if (state !== 'approval-requested') return <p>{`${toolName}: ${state}`}</p>
  const { id } = part.approval
  /** Approves the call with other arguments than the model's. */
  const approveHalf = () => {
    const given = input as { orderId: string; cents: number }
    const inputs = { [id]: { ...given, cents: Math.ceil(given.cents / 2) } }
    return answer({ id, approved: true, options: { body: { inputs } } })
  }
  return (
    <fieldset>
      <legend>{`${toolName} ${JSON.stringify(input)}`}</legend>
      <button onClick={() => void answer({ id, approved: true })}>Approve</button>
      <button onClick={() => void approveHalf()}>Approve half</button>
      <button
        onClick={() => void answer({ id, approved: false, reason: 'Ask the customer first.' })}
      >
        Reject
      </button>
    </fieldset>
  )
}
