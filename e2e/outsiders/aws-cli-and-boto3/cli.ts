// e2e/outsiders/aws-cli-and-boto3/cli.ts: the AWS CLI by the commands that a user would type.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import type { Trial } from '../suite.ts'
import { ACCOUNT_ID } from '../twin.ts'
import { type AwsCli, awsCli, equal, matches } from './aws-command.ts'

const LARGE_BYTES = 12 * 1024 * 1024 // above the 8 MB from which the CLI sends parts

export async function judgeByCli(trial: Trial, bin: string): Promise<void> {
  const twin = await trial.twin()
  const cli = awsCli(trial, bin, twin.environment)
  await Promise.all([identities(cli), things(cli, trial), buckets(cli, trial), code(cli, trial), components(cli, trial)]) // most of their time is the start of Python
  await refusals(cli)
}

async function identities({ check, aws, fails }: AwsCli): Promise<void> {
  await check('sts get-caller-identity', async () => equal(await aws('sts get-caller-identity --query Account --output text'), ACCOUNT_ID))
  await check('iam create-role, wait role-exists, sts assume-role', async () => {
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: 'sts:AssumeRole' }] })
    await aws('iam create-role --role-name cli --assume-role-policy-document', trust)
    await aws('iam wait role-exists --role-name cli')
    const { Credentials } = (await aws(`sts assume-role --role-arn arn:aws:iam::${ACCOUNT_ID}:role/cli --role-session-name cli`)) as { Credentials: Record<string, string> }
    matches(await fails('iot list-things', { AWS_ACCESS_KEY_ID: Credentials['AccessKeyId'] ?? '', AWS_SECRET_ACCESS_KEY: Credentials['SecretAccessKey'] ?? '', AWS_SESSION_TOKEN: Credentials['SessionToken'] ?? '' }), /\(AccessDeniedException\).*iot:ListThings/s)
  })
  await check('ecr get-login-password', async () => matches(String(await aws('ecr get-login-password')), /^\S{20,}$/))
}

async function things({ check, aws }: AwsCli, { folder }: Trial): Promise<void> {
  await check('iot create-thing, list-things in pages, as text and as a table', async () => {
    for (const name of ['cli-1', 'cli-2', 'cli-3']) await aws(`iot create-thing --thing-name ${name}`)
    equal(((await aws('iot list-things --page-size 1')) as { things: unknown[] }).things.length, 3)
    const { NextToken } = (await aws('iot list-things --max-items 2')) as { NextToken: string }
    equal(await aws(`iot list-things --starting-token ${NextToken} --query things[].thingName --output text`), 'cli-3')
    matches(String(await aws('iot list-things --output table')), /\| *cli-1 *\|/)
  })
  await check('iot create-keys-and-certificate writes its files', async () => {
    const file = (name: string) => join(folder, name)
    await aws(`iot create-keys-and-certificate --set-as-active --certificate-pem-outfile ${file('c.pem')} --public-key-outfile ${file('p.pem')} --private-key-outfile ${file('k.pem')}`)
    for (const [name, begins] of Object.entries({ 'c.pem': 'CERTIFICATE', 'p.pem': 'PUBLIC KEY', 'k.pem': 'RSA PRIVATE KEY' })) matches(readFileSync(file(name), 'utf8'), new RegExp(`^-----BEGIN ${begins}-----`))
  })
  await check('iot-data update-thing-shadow, get-thing-shadow, publish', async () => {
    const file = join(folder, 'shadow.json')
    await aws(`iot-data update-thing-shadow --thing-name cli-1 ${file} --payload`, '{"state":{"desired":{"colour":"green"}}}')
    await aws(`iot-data get-thing-shadow --thing-name cli-1 ${file}`)
    matches(readFileSync(file, 'utf8'), /"desired":\{"colour":"green"\}/)
    await aws('iot-data publish --topic cli/x --qos 1 --payload hello')
  })
}

async function buckets({ check, aws }: AwsCli, { folder }: Trial): Promise<void> {
  const local = join(folder, 'local')
  mkdirSync(join(local, 'below'), { recursive: true })
  const large = randomBytes(LARGE_BYTES)
  writeFileSync(join(local, 'large.bin'), large)
  writeFileSync(join(local, 'below', 'a b ü.txt'), 'hello')
  await check('s3 mb, sync, ls, cp of parts there and back, presign, rm, rb', async () => {
    await aws('s3 mb s3://cli-bucket')
    await aws(`s3 sync ${local} s3://cli-bucket/x`)
    matches(String(await aws('s3 ls s3://cli-bucket --recursive')), /5 x\/below\/a b ü\.txt[^]*12582912 x\/large\.bin/)
    matches(String(await aws('s3api head-object --bucket cli-bucket --key x/large.bin --query ETag --output text')), /^"[0-9a-f]{32}-2"$/)
    await aws(`s3 cp s3://cli-bucket/x/large.bin ${join(folder, 'back.bin')}`)
    equal(readFileSync(join(folder, 'back.bin')).equals(large), true)
    const url = String(await aws('s3', 'presign', 's3://cli-bucket/x/below/a b ü.txt'))
    equal(await (await fetch(url)).text(), 'hello')
    equal((await fetch(url.replace(/Signature=./, 'Signature=X'))).status, 403)
    await aws('s3 rm s3://cli-bucket --recursive')
    await aws('s3 rb s3://cli-bucket')
  })
}

async function code({ check, aws }: AwsCli, { folder }: Trial): Promise<void> {
  await check('lambda create-function, wait, invoke; logs filter-log-events', async () => {
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] })
    await aws('iam create-role --role-name cli-function --assume-role-policy-document', trust)
    await aws('iam attach-role-policy --role-name cli-function --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')
    const zip = join(folder, 'code.zip')
    writeFileSync(zip, zipSync({ 'index.mjs': Buffer.from('export const handler = async ({ name }) => { console.log("asked by", name); return `hello ${name}` }') }))
    await aws(`lambda create-function --function-name cli --runtime nodejs24.x --handler index.handler --role arn:aws:iam::${ACCOUNT_ID}:role/cli-function --zip-file fileb://${zip}`)
    await aws('lambda wait function-active-v2 --function-name cli')
    const out = join(folder, 'out.json')
    await aws(`lambda invoke --function-name cli ${out} --payload`, '{"name":"cli"}')
    equal(readFileSync(out, 'utf8'), '"hello cli"')
    matches(String(await aws('logs filter-log-events --log-group-name /aws/lambda/cli --filter-pattern asked --query events[].message --output text')), /asked by cli/)
  })
}

async function components({ check, aws }: AwsCli, { folder }: Trial): Promise<void> {
  await check('greengrassv2 create-component-version, create-deployment, get-deployment', async () => {
    const recipe = join(folder, 'recipe.yaml')
    writeFileSync(recipe, 'RecipeFormatVersion: "2020-01-25"\nComponentName: com.example.cli\nComponentVersion: "1.0.0"\nManifests:\n  - Lifecycle:\n      run: sleep 1\n')
    await aws(`greengrassv2 create-component-version --inline-recipe fileb://${recipe}`)
    const { thingGroupArn } = (await aws('iot create-thing-group --thing-group-name cli')) as { thingGroupArn: string }
    const { deploymentId } = (await aws(`greengrassv2 create-deployment --target-arn ${thingGroupArn} --components`, '{"com.example.cli":{"componentVersion":"1.0.0"}}')) as { deploymentId: string }
    equal(await aws(`greengrassv2 get-deployment --deployment-id ${deploymentId} --query deploymentStatus --output text`), 'ACTIVE')
  })
  await check('cloudcontrol create-resource, wait resource-request-success', async () => {
    const { ProgressEvent } = (await aws('cloudcontrol create-resource --type-name AWS::Logs::LogGroup --desired-state', '{"LogGroupName":"/cli"}')) as { ProgressEvent: { RequestToken: string } }
    await aws(`cloudcontrol wait resource-request-success --request-token ${ProgressEvent.RequestToken}`)
    equal(await aws('logs describe-log-groups --log-group-name-prefix /cli --query logGroups[].logGroupName --output text'), '/cli')
  })
}

async function refusals({ check, aws, fails }: AwsCli): Promise<void> {
  await check('what is not there', async () => matches(await fails('iot describe-thing --thing-name nobody'), /An error occurred \(ResourceNotFoundException\) when calling the DescribeThing operation/))
  await check('what is not offered', async () => matches(await fails('iot list-streams'), /UnknownOperationException/))
  await check('without a signature', async () => matches(await fails('s3 ls --no-sign-request'), /AccessDenied/))
  await check('with a wrong secret', async () => matches(await fails('iot list-things', { AWS_SECRET_ACCESS_KEY: 'wrong' }), /InvalidSignatureException/))
  await check('for another region', async () => matches(await fails('iot list-things --region us-west-2'), /InvalidSignatureException|UnrecognizedClientException/))
  await check('at a wrong endpoint, and at the right one afterwards', async () => {
    matches(await fails('iot list-things', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' }), /Could not connect to the endpoint URL/)
    equal(await aws('iot describe-endpoint --endpoint-type iot:Data-ATS --query length(endpointAddress)>`0`'), true)
  })
  await check('after all that it goes on', async () => equal(await aws('sts get-caller-identity --query Arn --output text'), `arn:aws:iam::${ACCOUNT_ID}:root`))
}
