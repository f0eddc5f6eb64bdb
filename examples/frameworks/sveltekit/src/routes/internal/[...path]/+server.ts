import { studio } from '../../../../../studio.ts'

export const fallback = ({ request }: { request: Request }) => studio.fetch(request)
