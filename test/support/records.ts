// The published contracts and our own tests build their records alike.
export * from '../../src/testing/contracts/records.ts'
