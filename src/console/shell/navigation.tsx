import { useEffect, useState } from 'preact/hooks'
import { type About, projectName } from '../app/about.ts'
import { hrefOf, place } from '../app/router.ts'
import { logOut, token } from '../app/session.ts'
import { chooseTheme, type Theme, theme } from '../app/theme.ts'
import { pages } from '../pages.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Name } from '../parts/plain-text.tsx'
import { texts } from '../texts.ts'
import { overlay } from './overlay.ts'

const groups = Object.keys(texts.groups) as (keyof typeof texts.groups)[]

/** The side of the console: what the project is, its pages, and settings. On a phone it lies behind a button. */
export function Navigation({ about }: { readonly about: About }) {
  const [isOpen, setOpen] = useState(false)
  const { path } = place.value
  useEffect(() => setOpen(false), [path])
  const offered = pages.filter((page) => page.isOffered(about))
  return (
    <header class={isOpen ? 'side open' : 'side'}>
      <div class="side-head">
        <span class="logo" aria-hidden="true">
          <Icon name="runs" />
        </span>
        <div class="project">
          <strong>
            <Name text={projectName(about)} max={60} />
          </strong>
          {about.handshake && <small>{about.handshake.project.environment}</small>}
        </div>
        <span class="only-narrow">
          <Button
            kind="bare"
            icon={isOpen ? 'close' : 'menu'}
            label={texts.openNavigation}
            pressed={isOpen}
            onClick={() => setOpen(!isOpen)}
          />
        </span>
      </div>
      <div class="side-body">
        <button type="button" class="search-button" onClick={() => (overlay.value = 'palette')}>
          <Icon name="search" />
          {texts.search}
          <kbd>{modKey} K</kbd>
        </button>
        <nav aria-label={texts.navigation}>
          {groups.map((group) => {
            const own = offered.filter((page) => page.place?.group === group)
            return own.length === 0 ? null : (
              <section key={group}>
                {texts.groups[group] && <h2>{texts.groups[group]}</h2>}
                {own.map(({ id, path: to, title, place: { icon } = { icon: 'runs' } }) => (
                  <a
                    key={id}
                    href={hrefOf(to)}
                    aria-current={isWithin(path, to) ? 'page' : undefined}
                  >
                    <Icon name={icon} />
                    {title}
                  </a>
                ))}
              </section>
            )
          })}
        </nav>
        <Settings />
      </div>
    </header>
  )
}

const modKey = /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl'

function isWithin(path: string, page: string): boolean {
  return path === page || path.startsWith(`${page}/`)
}

const themes: readonly { readonly id: Theme; readonly icon: 'system' | 'sun' | 'moon' }[] = [
  { id: 'system', icon: 'system' },
  { id: 'light', icon: 'sun' },
  { id: 'dark', icon: 'moon' },
]

function Settings() {
  return (
    <div class="settings">
      <div role="group" aria-label={texts.theme.label} class="switch">
        {themes.map(({ id, icon }) => (
          <Button
            key={id}
            kind="bare"
            icon={icon}
            label={texts.theme[id]}
            pressed={theme.value === id}
            onClick={() => chooseTheme(id)}
          />
        ))}
      </div>
      <Button
        kind="bare"
        icon="keys"
        label={texts.shortcuts}
        onClick={() => (overlay.value = 'shortcuts')}
      />
      {token.value !== null && (
        <Button kind="bare" icon="out" label={texts.logOut} onClick={logOut} />
      )}
    </div>
  )
}
