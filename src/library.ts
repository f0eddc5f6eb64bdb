/** This package, as it names itself on the wire. A test keeps the version equal to package.json. */
export const library = { name: 'fetch-studio', version: '0.1.0' } as const
