import { defineRoute, type Route } from '../http/route.ts'
import type { JsonObject } from '../lib/json.ts'
import type { DocumentOptions } from './document.ts'

/** Returns the route that describes all routes of a studio, itself among them. The document is made once. */
export function openApiRoutes(
  options: DocumentOptions,
  listRoutes: () => readonly Route[],
): Route[] {
  let document: Promise<JsonObject> | undefined
  const read = async () => {
    const { createDocument } = await import('./document.ts')
    return createDocument(listRoutes(), options)
  }
  return [
    defineRoute({
      name: 'openapi',
      operationId: 'getOpenApi',
      tags: ['runtime'],
      method: 'GET',
      path: '/openapi.json',
      summary: 'This document',
      etag: (answer) => answer,
      answer: async () => (await import('./document-answer.ts')).documentAnswer,
      handle: () => (document ??= read()),
    }),
  ]
}
