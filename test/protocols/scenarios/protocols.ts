import { a2a, agUi, aiSdkUi, openai } from '../../../src/protocols.ts'

/** All protocols that a studio can serve. */
export const everyProtocol = () => [a2a(), agUi(), aiSdkUi(), openai()]
