import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { texts } from '../texts.ts'
import { Icon, type IconName } from './icon.tsx'

/** What a button takes. `why` says why it is disabled, and disables it. */
export interface ButtonProps {
  readonly kind?: 'plain' | 'main' | 'danger' | 'bare'
  readonly icon?: IconName
  /** The name of a button that shows only an icon. */
  readonly label?: string
  readonly why?: string | null | undefined
  readonly busy?: boolean
  readonly pressed?: boolean
  readonly submit?: boolean
  readonly children?: ComponentChildren
  onClick?(): void
}

/** A button; one that may not be pressed stays readable and says why. */
export function Button({ kind = 'plain', icon, label, why, busy = false, ...rest }: ButtonProps) {
  const { pressed, submit = false, children, onClick } = rest
  const isOff = busy || (why ?? null) !== null
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={`button ${kind}${children === undefined ? ' square' : ''}`}
      aria-label={label}
      aria-disabled={isOff || undefined}
      aria-pressed={pressed}
      aria-busy={busy || undefined}
      title={why ?? label}
      onClick={(event) => {
        if (isOff) event.preventDefault()
        else onClick?.()
      }}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** Copies a text to the clipboard and says so. */
export function CopyButton({
  text,
  label = texts.copy,
}: {
  readonly text: string
  readonly label?: string
}) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <Button
      kind="bare"
      icon={isCopied ? 'check' : 'copy'}
      label={isCopied ? texts.copied : label}
      onClick={() => void copy().catch(() => undefined)}
    />
  )
}
