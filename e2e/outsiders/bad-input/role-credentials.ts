// e2e/outsiders/bad-input/role-credentials.ts: credentials of a role alias: for whom, and for how long.
import { ACCOUNT_ID } from '../twin.ts'
import { equal, matches } from '../aws-cli-and-boto3/aws-command.ts'
import { CORE_ROLE, type Stage } from './core-device.ts'

const LIFETIME_S = 900 // of this alias, the least that AWS IoT allows
const PATH = '/role-aliases/core-alias/credentials'

export async function roleCredentialsEnd({ trial, twin, core, cli }: Stage): Promise<void> {
  await trial.check('role credentials may do what the role may', async () => {
    const credentials = await core.roleCredentials()
    await cli.aws('iam put-role-policy --role-name core-role --policy-name lists --policy-document', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:ListThings', Resource: '*' }] }))
    equal(await cli.as(credentials, 'iot list-things --query things[0].thingName --output text'), core.thingName)
    matches(await cli.fails('s3 ls', credentials), /AccessDenied/)
    matches(await cli.fails('iot list-things', { ...credentials, AWS_SESSION_TOKEN: 'another' }), /UnrecognizedClientException/)
    trial.judged('Credentials provider', 'role credentials')
  })
  await trial.check('role credentials expire, in the words of each protocol; those that are asked for then work', async () => {
    const credentials = await core.roleCredentials()
    equal((await twin.ageSessions(CORE_ROLE, (LIFETIME_S - 60) * 1000)) > 0, true)
    equal(await cli.as(credentials, 'iot list-things --query things[0].thingName --output text'), core.thingName)
    await twin.ageSessions(CORE_ROLE, 60_000)
    const [iot, s3, sts, logs] = await Promise.all(['iot list-things', 's3api list-buckets', 'sts get-caller-identity', 'logs describe-log-groups'].map((command) => cli.fails(command, credentials)))
    matches(iot ?? '', /\(ExpiredTokenException\) when calling the ListThings operation: The security token included in the request is expired/)
    matches(s3 ?? '', /\(ExpiredToken\) when calling the ListBuckets operation: The provided token has expired\./)
    matches(sts ?? '', /\(ExpiredToken\) when calling the GetCallerIdentity operation: The security token included in the request is expired/)
    matches(logs ?? '', /\(ExpiredTokenException\) when calling the DescribeLogGroups operation: The security token included in the request is expired/)
    equal(await cli.as(await core.roleCredentials(), 'iot list-things --query things[0].thingName --output text'), core.thingName)
    trial.judged('Credentials provider', 'expired credentials')
  })
  await trial.check('an alias that is gone gives none; one that is back does', async () => {
    await cli.aws('iot delete-role-alias --role-alias core-alias')
    const gone = await core.ask(PATH)
    equal(gone.status >= 400 && gone.status < 500, true)
    matches(gone.body, /"message"/)
    await cli.aws(`iot create-role-alias --role-alias core-alias --role-arn arn:aws:iam::${ACCOUNT_ID}:role/core-role`)
    await core.roleCredentials()
    trial.judged('Credentials provider', 'aliases that are gone')
  })
  await trial.check('an INACTIVE certificate gets none; ACTIVE again it does', async () => {
    await core.activate(false)
    equal((await core.ask(PATH)).status, 403)
    await core.activate(true)
    await core.roleCredentials()
    trial.judged('Credentials provider', 'INACTIVE certificates')
  })
  await trial.check('credentials of a role that was deleted and made anew are those of another role', async () => {
    const credentials = await core.roleCredentials()
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] })
    await cli.aws('iam delete-role-policy --role-name core-role --policy-name lists')
    await cli.aws('iam delete-role --role-name core-role')
    equal((await core.ask(PATH)).status >= 400, true)
    await cli.aws('iam create-role --role-name core-role --assume-role-policy-document', trust)
    matches(await cli.fails('iot list-things', credentials), /UnrecognizedClientException/)
    await core.roleCredentials()
    trial.judged('Credentials provider', 'roles that are gone')
  })
}
