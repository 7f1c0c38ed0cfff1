// sandbox/src/cloud/cloud-control/types/lambda-permission.ts: AWS::Lambda::Permission: one statement of a function's resource policy.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'

const Permission = z.strictObject({
  FunctionName: z.string().min(1).max(140).regex(/^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-[a-z]+)+-\d:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?$/),
  Action: z.string().max(256).regex(/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/),
  Principal: z.string().min(1).max(256),
  SourceAccount: z.string().regex(/^\d{12}$/).optional(),
  SourceArn: z.string().min(12).max(1024).regex(/^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-[a-z]+)+-\d)?:(\d{12})?:(.*)$/).optional(),
  EventSourceToken: z.string().min(1).max(256).optional(),
  FunctionUrlAuthType: z.enum(['AWS_IAM', 'NONE']).optional(),
  InvokedViaFunctionUrl: z.boolean().optional(),
  PrincipalOrgID: z.string().min(12).max(34).optional(),
  Id: z.string().optional(),
})
type Permission = z.infer<typeof Permission>

/** What Lambda writes into a function's policy. */
const Policy = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string(),
      Action: z.string(),
      Principal: z.union([z.literal('*'), z.object({ Service: z.string().optional(), AWS: z.string().optional() })]),
      Condition: z.object({ StringEquals: z.record(z.string(), z.string()).optional(), ArnLike: z.record(z.string(), z.string()).optional() }).optional(),
    }),
  ),
})

export const permission = resourceType<Permission>({
  typeName: 'AWS::Lambda::Permission',
  schema: Permission,
  identifier: ['FunctionName', 'Id'],
  createOnly: ['FunctionName', 'Action', 'Principal', 'SourceAccount', 'SourceArn', 'EventSourceToken', 'FunctionUrlAuthType', 'InvokedViaFunctionUrl', 'PrincipalOrgID'],
  readOnly: ['Id'],
  writeOnly: [],
  async create(model, { lambda, generatedName }) {
    const StatementId = generatedName()
    await lambda.AddPermission({ ...model, StatementId })
    return [model.FunctionName, StatementId]
  },
  async read([FunctionName = '', Id], handling) {
    const statement = (await statements(FunctionName, handling)).find(({ Sid }) => Sid === Id)
    if (!statement) throw new AwsError('ResourceNotFoundException', `The policy of ${FunctionName} has no statement ${Id ?? ''}.`)
    const { Action, Principal, Condition } = statement
    return {
      FunctionName,
      Id,
      Action,
      Principal: Principal === '*' ? '*' : (Principal.Service ?? Principal.AWS ?? ''),
      SourceAccount: Condition?.StringEquals?.['AWS:SourceAccount'],
      SourceArn: Condition?.ArnLike?.['AWS:SourceArn'],
    }
  },
  async delete([FunctionName, StatementId], { lambda }) {
    await lambda.RemovePermission({ FunctionName, StatementId })
  },
  async list(handling, { FunctionName }) {
    if (FunctionName === undefined) throw new AwsError('InvalidRequestException', 'Required property: [FunctionName]')
    return (await statements(FunctionName, handling)).map(({ Sid }) => [FunctionName, Sid])
  },
})

async function statements(FunctionName: string, { lambda }: Handling) {
  const { Policy: text = '{"Statement":[]}' } = await lambda.GetPolicy({ FunctionName })
  return Policy.parse(JSON.parse(text)).Statement
}
