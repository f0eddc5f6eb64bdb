import { useEffect } from 'preact/hooks'
import { about, readAbout } from '../app/about.ts'
import { reachable } from '../app/api.ts'
import { useKeys } from '../app/keys.ts'
import { useLoaded } from '../app/loaded.ts'
import { navigate } from '../app/router.ts'
import { loginNeeded } from '../app/session.ts'
import { pages } from '../pages.ts'
import { Icon } from '../parts/icon.tsx'
import { Failure, Loading } from '../parts/states.tsx'
import { Toasts } from '../parts/toast.tsx'
import { texts } from '../texts.ts'
import { Late } from './late.tsx'
import { Login } from './login.tsx'
import { Navigation } from './navigation.tsx'
import { overlay } from './overlay.ts'
import { PageFrame } from './page-frame.tsx'
import { Shortcuts } from './shortcuts.tsx'

const loadPalette = async () => (await import('./palette.tsx')).Palette

/** Everything that the console shows: the navigation, the page, and what lies above it. */
export function Shell() {
  if (loginNeeded.value) return <Login />
  return <Inside />
}

function Inside() {
  const loaded = useLoaded(readAbout, [])
  const known = loaded.data ?? about.value
  useEffect(() => {
    if (loaded.data) about.value = loaded.data
  }, [loaded.data])
  useShellKeys()
  if (!known || !about.value) {
    const failed = loaded.error !== null
    return (
      <main class="alone">
        {failed ? <Failure error={loaded.error} onRetry={loaded.reload} /> : <Loading lines={3} />}
      </main>
    )
  }
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={skip}>
        {texts.skip}
      </a>
      <Navigation about={about.value} />
      <div class="content">
        {!reachable.value && (
          <p class="strip warn" role="status">
            <Icon name="warning" />
            {texts.offline}
          </p>
        )}
        <PageFrame about={about.value} />
      </div>
      <Toasts />
      {overlay.value === 'palette' && <Late load={loadPalette} props={{}} />}
      {overlay.value === 'shortcuts' && <Shortcuts />}
    </div>
  )
}

function skip(event: Event) {
  event.preventDefault()
  document.querySelector<HTMLElement>('main')?.focus()
}

function useShellKeys() {
  useKeys([
    { keys: 'mod k', label: texts.keys.palette, run: () => (overlay.value = 'palette') },
    { keys: '?', label: texts.keys.help, run: () => (overlay.value = 'shortcuts') },
    {
      keys: '/',
      label: texts.keys.search,
      run() {
        const field = document.querySelector<HTMLElement>('main input[type=search]')
        if (field) field.focus()
        else overlay.value = 'palette'
      },
    },
    ...pages.flatMap(({ path, title, place }) =>
      place
        ? [{ keys: `g ${place.key}`, label: texts.keys.goTo(title), run: () => navigate(path) }]
        : [],
    ),
  ])
}
