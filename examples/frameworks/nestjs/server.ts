import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { toNodeHandler } from 'fetch-studio/node'
import { studio } from '../studio.ts'

@Module({})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] })
app.use('/internal', toNodeHandler(studio))

export const server = await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
