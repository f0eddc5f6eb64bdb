import { useRef, useState } from 'preact/hooks'
import {
  type ApprovalDecision as Decision,
  type ApprovalInfo,
  StudioClientError,
} from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useLoaded } from '../../app/loaded.ts'
import { now } from '../../app/time.ts'
import { Button } from '../../parts/button.tsx'
import { type Faults, findFaults, listChanges, type Schema } from '../../parts/forms/json-schema.ts'
import { SchemaForm } from '../../parts/forms/schema-form.tsx'
import { toast } from '../../parts/toast.tsx'
import { texts as shared } from '../../texts.ts'
import { ChangeList } from './change-list.tsx'
import { describeProblem, readFaults, sendDecision } from './decide.ts'
import { approvalsTexts as texts } from './texts.ts'

interface DecisionFormProps {
  readonly approval: ApprovalInfo
  readonly hasKeys: boolean
  /** Called before a decision is sent: it may be stored although its answer never arrives. */
  onSend?(decision: Decision): void
  onDecided(id: string): void
  onElsewhere(): void
}

/** The arguments in a form, a reason, and the two buttons. Changed arguments are checked before they are sent. */
export function DecisionForm({
  approval,
  hasKeys,
  onSend,
  onDecided,
  onElsewhere,
}: DecisionFormProps) {
  const form = useRef<HTMLDivElement>(null)
  const schema = useToolSchema(approval)
  const [input, setInput] = useState<unknown>(approval.input)
  const [reason, setReason] = useState('')
  const sending = useDecision(approval, { onDecided, onElsewhere })
  const changes = listChanges(approval.input, input)
  const found = changes.length > 0 && schema ? findFaults(schema, input) : new Map<string, string>()
  const faults = new Map([...sending.faults, ...found])
  const isExpired =
    approval.expiresAt !== undefined && Date.parse(approval.expiresAt) <= now.value - 2_000
  const why = sending.forbidden ?? (isExpired ? texts.expired : null)
  const whyNotApprove =
    why ?? (approval.clientTool ? texts.clientTool : found.size > 0 ? texts.faulty : null)
  const decide = (approved: boolean) => {
    if ((approved ? whyNotApprove : why) !== null || sending.isBusy) return
    const edited = approved && changes.length > 0 ? { input } : {}
    const said = reason.trim() === '' ? {} : { reason: reason.trim() }
    const decision = { approved, ...edited, ...said }
    onSend?.(decision)
    void sending.send(decision)
  }
  useDecisionKeys({ hasKeys, canEdit: !!schema }, form)
  return (
    <div class="decision-form" ref={form}>
      <Arguments
        schema={schema}
        isClient={approval.clientTool}
        given={approval.input}
        input={input}
        faults={faults}
        onChange={(value) => {
          setInput(value)
          sending.forget()
        }}
      />
      <Reason reason={reason} onChange={setReason} />
      {sending.problem !== null && (
        <p class="problem" role="alert">
          {sending.problem}
        </p>
      )}
      <Actions
        isEdited={changes.length > 0}
        isBusy={sending.isBusy}
        hasKeys={hasKeys}
        why={[whyNotApprove, why]}
        onDecide={decide}
      />
    </div>
  )
}

function Arguments({
  schema,
  isClient,
  given,
  input,
  faults,
  onChange,
}: {
  readonly schema: Schema | null | undefined
  readonly isClient: true | undefined
  readonly given: unknown
  readonly input: unknown
  readonly faults: Faults
  onChange(input: unknown): void
}) {
  const changes = listChanges(given, input)
  return (
    <>
      <div class="section-head">
        <h3>{texts.arguments}</h3>
        {changes.length > 0 && (
          <Button kind="bare" icon="again" onClick={() => onChange(given)}>
            {texts.reset}
          </Button>
        )}
      </div>
      {schema === null && <p class="quiet">{isClient ? texts.clientTool : texts.noTool}</p>}
      <SchemaForm
        schema={schema ?? {}}
        value={input}
        faults={faults}
        isReadOnly={!schema}
        onChange={onChange}
      />
      {changes.length > 0 && (
        <>
          <h3>{texts.changes}</h3>
          <ChangeList changes={changes} />
        </>
      )}
    </>
  )
}

function Reason({ reason, onChange }: { readonly reason: string; onChange(reason: string): void }) {
  return (
    <div class="field">
      <label for="decision-reason">
        {texts.reason} <span class="quiet">{shared.form.optional}</span>
      </label>
      <input
        id="decision-reason"
        value={reason}
        maxLength={10_000}
        placeholder={texts.reasonHint}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </div>
  )
}

function Actions({
  isEdited,
  isBusy,
  hasKeys,
  why: [whyNotApprove, whyNotReject],
  onDecide,
}: {
  readonly isEdited: boolean
  readonly isBusy: boolean
  readonly hasKeys: boolean
  readonly why: readonly [approve: string | null, reject: string | null]
  onDecide(approved: boolean): void
}) {
  return (
    <div class="actions">
      <Button
        kind="main"
        icon="check"
        why={whyNotApprove}
        busy={isBusy}
        onClick={() => onDecide(true)}
      >
        {isEdited ? texts.approveEdited : texts.approve}
        {hasKeys && <kbd aria-hidden="true">A</kbd>}
      </Button>
      <Button
        kind="danger"
        icon="close"
        why={whyNotReject}
        busy={isBusy}
        onClick={() => onDecide(false)}
      >
        {texts.reject}
        {hasKeys && <kbd aria-hidden="true">R</kbd>}
      </Button>
    </div>
  )
}

/** The schema of the arguments; null if the tool is not registered here, undefined while it is read. */
function useToolSchema({ agentId, toolName }: ApprovalInfo): Schema | null | undefined {
  const { data, error } = useLoaded((signal) => client.agents.tools(agentId, { signal }), [agentId])
  if (!data) return error === null ? undefined : null
  const tool = data.tools.find(({ name }) => name === toolName)
  return tool ? (tool.parameters as Schema) : null
}

function useDecision(
  approval: ApprovalInfo,
  { onDecided, onElsewhere }: { onDecided(id: string): void; onElsewhere(): void },
) {
  const [state, setState] = useState<{ isBusy: boolean; error: unknown }>({
    isBusy: false,
    error: null,
  })
  const send = async (decision: Decision) => {
    setState({ isBusy: true, error: null })
    const outcome = await sendDecision(approval.id, decision)
    setState({ isBusy: false, error: outcome.kind === 'failed' ? outcome.error : null })
    if (outcome.kind === 'elsewhere') onElsewhere()
    if (outcome.kind !== 'stored') return
    const { toolName } = approval
    if (decision.approved) toast(texts.didApprove(toolName), 'good')
    else toast(texts.didReject(toolName))
    onDecided(approval.id)
  }
  const { error } = state
  const known = error instanceof StudioClientError ? error : null
  return {
    send,
    isBusy: state.isBusy,
    faults: readFaults(error),
    forbidden: known?.status === 403 ? known.message : null,
    problem: error === null ? null : describeProblem(error),
    forget: () =>
      setState((before) => (before.error === null ? before : { ...before, error: null })),
  }
}

/** The keys lead to the buttons: whoever presses `a` sees what Enter will approve. `e` leads only to fields that take text. */
function useDecisionKeys(
  { hasKeys, canEdit }: { readonly hasKeys: boolean; readonly canEdit: boolean },
  form: { readonly current: HTMLElement | null },
) {
  const focus = (selector: string) => {
    const element = form.current?.querySelector<HTMLElement>(selector)
    element?.scrollIntoView({ block: 'nearest' })
    element?.focus()
  }
  const toField = () => focus('.field :is(input, textarea, select)')
  useKeys(
    hasKeys
      ? [
          { keys: 'a', label: texts.keys.approve, run: () => focus('.actions .main') },
          { keys: 'r', label: texts.keys.reject, run: () => focus('.actions .danger') },
          ...(canEdit ? [{ keys: 'e', label: texts.keys.edit, run: toField }] : []),
        ]
      : [],
  )
}
