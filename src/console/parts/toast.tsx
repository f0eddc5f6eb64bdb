import { signal } from '@preact/signals'
import { messageOf } from '../app/message.ts'
import { texts } from '../texts.ts'
import type { Tone } from './badge.tsx'
import { Button } from './button.tsx'

interface ToastEntry {
  readonly id: number
  readonly text: string
  readonly tone: Tone
}

const toasts = signal<readonly ToastEntry[]>([])
let lastId = 0

/** Says something at the edge of the page for some seconds; what went wrong stays until it is closed. */
export function toast(text: string, tone: Tone = 'quiet') {
  const id = ++lastId
  toasts.value = [...toasts.value, { id, text, tone }].slice(-5)
  if (tone !== 'bad') setTimeout(() => closeToast(id), 5_000)
}

/** Says why something failed, until it is closed. */
export function toastError(error: unknown) {
  toast(messageOf(error), 'bad')
}

function closeToast(id: number) {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}

/** The place where toasts appear. It is always there, so that screen readers notice changes. */
export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map(({ id, text, tone }) => (
        <p key={id} class={`toast ${tone}`}>
          <i class="dot" />
          <span>{text}</span>
          <Button kind="bare" icon="close" label={texts.close} onClick={() => closeToast(id)} />
        </p>
      ))}
    </div>
  )
}
