export { zodModels } from './project/models/zod.ts'
