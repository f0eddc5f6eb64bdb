import studio from './studio.ts'

// Bun listens on every interface unless `hostname` is given.
export default { fetch: studio.fetch, hostname: '127.0.0.1' }
