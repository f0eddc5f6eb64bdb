import { serve } from 'fetch-studio/node'
import studio from './studio.ts'

await serve(studio)
