import { render } from 'preact'
import { startKeys } from './app/keys.ts'
import { startRouter } from './app/router.ts'
import { startTheme } from './app/theme.ts'
import { Shell } from './shell/shell.tsx'

startTheme()
startRouter()
startKeys()
const root = document.getElementById('console')
if (root) render(<Shell />, root)
