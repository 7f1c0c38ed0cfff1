// e2e/outsiders/bad-input/oversized.ts: documents and payloads that are larger than AWS takes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { equal, matches } from '../aws-cli-and-boto3/aws-command.ts'
import type { Stage } from './core-device.ts'

export async function oversizedIsRefused({ trial, core, cli }: Stage): Promise<void> {
  const file = (name: string, text: string) => {
    const path = join(trial.folder, name)
    writeFileSync(path, text)
    return path
  }
  const out = join(trial.folder, 'out.json')
  const cases: Readonly<Record<string, readonly [command: string, error: RegExp]>> = {
    'a shadow of more than 8 KB': [`iot-data update-thing-shadow --thing-name ${core.thingName} --payload fileb://${file('shadow.json', JSON.stringify({ state: { desired: { x: 'x'.repeat(9000) } } }))} ${out}`, /RequestEntityTooLargeException/],
    'a message of more than 128 KB': [`iot-data publish --topic x --payload fileb://${file('message', 'x'.repeat(128 * 1024 + 1))}`, /RequestEntityTooLarge|InvalidRequestException/],
    'a recipe of more than 16 KB': [`greengrassv2 create-component-version --inline-recipe fileb://${file('recipe', 'x'.repeat(17_000))}`, /ValidationException/],
    'a policy of more than 2,048 characters': [`iot create-policy --policy-name large --policy-document file://${file('policy.json', JSON.stringify({ Version: '2012-10-17', Statement: Array.from({ length: 40 }, (_, number) => ({ Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:eu-central-1:000000000000:topic/${number}` })) }))}`, /MalformedPolicyException|LimitExceededException/],
  }
  for (const [what, [command, error]] of Object.entries(cases)) {
    await trial.check(`${what} is refused`, async () => {
      matches(await cli.fails(command), error)
      trial.judged('Limits of documents', `${what} is refused`)
    })
  }
  await trial.check('a request of 4 MB to the data plane is refused, and the next one is answered', async () => {
    const { status } = await core.ask('/greengrass/v2/resolveComponentCandidates', JSON.stringify({ componentCandidates: [{ componentName: 'x'.repeat(4 * 1024 * 1024) }] }))
    equal(status >= 400 && status < 500, true)
    equal((await core.ask(`/greengrass/v2/coreDevices/${core.thingName}/thingGroups`)).status, 200)
  })
}
