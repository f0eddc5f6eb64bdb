// Runs before the first paint, so that no other theme flashes. It is no module, and imports nothing.
{
  let chosen: string | null = null
  try {
    chosen = localStorage.getItem('studio-theme')
  } catch {
    // Storage is switched off: the system's theme applies.
  }
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  const shown = chosen === 'light' || chosen === 'dark' ? chosen : isDark ? 'dark' : 'light'
  document.documentElement.dataset['theme'] = shown
}
