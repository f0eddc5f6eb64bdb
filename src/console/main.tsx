import { render } from 'preact'
import { startKeys } from './app/keys.ts'
import { startRouter } from './app/router.ts'
import { Shell } from './shell/shell.tsx'

startRouter()
startKeys()
const root = document.getElementById('console')
if (root) render(<Shell />, root)
