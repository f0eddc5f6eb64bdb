import { bindings, keysOn, switchKeys } from '../app/keys.ts'
import { Dialog } from '../parts/dialog.tsx'
import { texts } from '../texts.ts'
import { closeOverlay } from './overlay.ts'

/** The list of keys of this page, and the switch that turns single keys off. */
export function Shortcuts() {
  const seen = new Set<string>()
  const listed = bindings.value.filter(({ keys, label }) => {
    const isNew = label !== undefined && !seen.has(keys)
    seen.add(keys)
    return isNew
  })
  return (
    <Dialog title={texts.shortcuts} onClose={closeOverlay}>
      <label class="check">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={({ currentTarget }) => switchKeys(currentTarget.checked)}
        />
        {texts.shortcutsOn}
      </label>
      <dl class="shortcuts">
        {listed.map(({ keys, label }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key, index) => (
                <kbd key={index}>
                  {key === 'mod'
                    ? 'Ctrl/⌘'
                    : key.length === 1 && keys.startsWith('mod')
                      ? key.toUpperCase()
                      : key}
                </kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
