import { expect, it } from 'vitest'
import { toModelName, toTableName } from '../../../src/project/models/names.ts'

it.each([
  ['users', 'User'],
  ['blog_posts', 'BlogPost'],
  ['categories', 'Category'],
  ['addresses', 'Address'],
  ['boxes', 'Box'],
  ['status', 'Status'],
  ['analysis', 'Analysis'],
  ['days', 'Day'],
  ['OrderLines', 'OrderLine'],
  ['_private_jobs', 'PrivateJob'],
  ['2024-report', '2024Report'],
])('toModelName("%s") returns %s', (table, model) => {
  expect(toModelName(table)).toBe(model)
})

it.each([
  ['User', 'users'],
  ['BlogPost', 'blog_posts'],
  ['Category', 'categories'],
  ['Address', 'addresses'],
  ['Day', 'days'],
])('toTableName("%s") returns %s', (model, table) => {
  expect(toTableName(model)).toBe(table)
})
