export { zodModels } from './project/zod-models.ts'
