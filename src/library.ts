/** Name and version that responses report. A test keeps the version equal to package.json. */
export const library = { name: 'fetch-studio', version: '0.1.0' } as const
