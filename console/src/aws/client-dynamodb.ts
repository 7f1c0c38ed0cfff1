// console/src/aws/client-dynamodb.ts: what the page reads of DynamoDB's items, and the one thing that it changes.
import { clientOf, commandOf, json } from './client.ts'

const of = json('DynamoDB_20120810', '1.0')

export const DynamoDBClient = clientOf({ prefix: 'dynamodb', signedAs: 'dynamodb' })
export const QueryCommand = commandOf(of('Query'))
export const UpdateItemCommand = commandOf(of('UpdateItem'))
