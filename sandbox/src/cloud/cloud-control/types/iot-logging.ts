// sandbox/src/cloud/cloud-control/types/iot-logging.ts: AWS::IoT::Logging: one of it in an account.
import { z } from 'zod'
import { AwsError } from '../../aws-error.ts'
import { type Handling, resourceType } from '../resource-type.ts'

const level = z.enum(['ERROR', 'WARN', 'INFO', 'DEBUG', 'DISABLED'])
const Logging = z.strictObject({
  AccountId: z.string().regex(/^[0-9]{12}$/),
  RoleArn: z.string().min(20).max(2048),
  DefaultLogLevel: level,
  EventConfigurations: z
    .array(z.strictObject({ EventType: z.string().min(1).max(512), LogDestination: z.string().min(1).max(512).optional(), LogLevel: level.optional() }))
    .optional(),
})
type Logging = z.infer<typeof Logging>

const set = async ({ RoleArn, DefaultLogLevel, EventConfigurations }: Logging, { iot }: Handling) =>
  iot.SetV2LoggingOptions({
    roleArn: RoleArn,
    defaultLogLevel: DefaultLogLevel,
    disableAllLogs: false,
    ...(EventConfigurations ? { eventConfigurations: EventConfigurations.map(({ EventType, LogDestination, LogLevel }) => ({ eventType: EventType, logDestination: LogDestination, logLevel: LogLevel })) } : {}),
  })

/** After a delete the options are still there, switched off. */
async function current({ iot, account }: Handling): Promise<Logging> {
  const options = await iot.GetV2LoggingOptions({})
  if (options.disableAllLogs || !options.roleArn) throw new AwsError('NotConfiguredException', `Logging is not set up in account ${account.accountId}.`)
  const events = (options.eventConfigurations ?? []).map(({ eventType = '', logDestination, logLevel }) => ({ EventType: eventType, LogDestination: logDestination, LogLevel: logLevel }))
  return { AccountId: account.accountId, RoleArn: options.roleArn, DefaultLogLevel: options.defaultLogLevel ?? 'ERROR', ...(events.length > 0 ? { EventConfigurations: events } : {}) }
}

const isSetUp = async (handling: Handling): Promise<boolean> =>
  current(handling).then(
    () => true,
    (error: unknown) => {
      if (error instanceof AwsError && error.code === 'NotConfiguredException') return false
      throw error
    },
  )

export const logging = resourceType<Logging>({
  typeName: 'AWS::IoT::Logging',
  schema: Logging,
  identifier: ['AccountId'],
  createOnly: ['AccountId'],
  readOnly: [],
  writeOnly: [],
  async create(model, handling) {
    const { accountId } = handling.account
    if (model.AccountId !== accountId) throw new AwsError('InvalidRequestException', `The AccountId ${model.AccountId} is not that of this account, ${accountId}.`)
    if (await isSetUp(handling)) throw new AwsError('ResourceAlreadyExistsException', `Logging is already set up in account ${accountId}.`)
    await set(model, handling)
    return [accountId]
  },
  async read([accountId], handling) {
    if (accountId !== handling.account.accountId) throw new AwsError('NotConfiguredException', `Logging is not set up in account ${accountId ?? ''}.`)
    return current(handling)
  },
  async update(_identifier, { after }, handling) {
    await set(after, handling)
  },
  async delete(_identifier, { iot }) {
    await iot.SetV2LoggingOptions({ disableAllLogs: true })
  },
  list: async (handling) => ((await isSetUp(handling)) ? [[handling.account.accountId]] : []),
})
