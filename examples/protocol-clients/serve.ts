import { serve } from 'fetch-studio/node'
import { createStudio } from './studio.ts'

await serve(createStudio())
