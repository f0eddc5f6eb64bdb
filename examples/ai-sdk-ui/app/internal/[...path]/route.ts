import { studio } from '../../../studio.ts'

const handle = (request: Request) => studio.fetch(request)

export { handle as DELETE, handle as GET, handle as HEAD, handle as OPTIONS, handle as POST }
