import { toNodeHandler } from 'fetch-studio/node'
import { fromNodeMiddleware } from 'h3'
import { studio } from '../../../../studio.ts'

export default fromNodeMiddleware(toNodeHandler(studio))
