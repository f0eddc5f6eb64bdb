import { studio } from '../../../../studio.ts'

export const prerender = false

export const ALL = ({ request }: { request: Request }) => studio.fetch(request)
