import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { texts } from '../texts.ts'
import { Button } from './button.tsx'

/** A window above the page. Escape and a click beside it close it; the focus returns to where it was. */
export function Dialog({
  title,
  onClose,
  wide = false,
  bare = false,
  children,
}: {
  readonly title: string
  onClose(): void
  readonly wide?: boolean
  /** Leaves out the head; the title is still its name. */
  readonly bare?: boolean
  readonly children: ComponentChildren
}) {
  const element = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={element}
      class={`dialog${wide ? ' wide' : ''}`}
      aria-label={title}
      onClose={onClose}
      onCancel={onClose}
      onMouseDown={({ target, currentTarget }) => {
        if (target === currentTarget) onClose()
      }}
    >
      <div class="dialog-body">
        {!bare && (
          <header>
            <h2>{title}</h2>
            <Button kind="bare" icon="close" label={texts.close} onClick={onClose} />
          </header>
        )}
        {children}
      </div>
    </dialog>
  )
}
