// infra/src/console/console.ts: the console: a page that everybody can load and only who is signed in can use; nothing of ours runs behind it.
import type { ConsoleWish, Stage } from '@fleet/contract/stage'
import * as pulumi from '@pulumi/pulumi'
import { consolePage } from './page.ts'
import { consoleSignIn } from './sign-in.ts'

export class Console extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>
  readonly bucket: pulumi.Output<string>
  readonly userPoolId: pulumi.Output<string>
  readonly userPoolClientId: pulumi.Output<string>
  readonly identityPoolId: pulumi.Output<string>

  constructor(name: string, args: { readonly stage: Stage; readonly wish: ConsoleWish }, opts?: pulumi.ComponentResourceOptions) {
    super('fleet:console:Console', name, {}, opts)
    const { url, bucket } = consolePage(`${name}-page`, args, this)
    const { userPoolId, userPoolClientId, identityPoolId } = consoleSignIn(`${name}-sign-in`, args.stage, this)
    this.url = url
    this.bucket = bucket
    this.userPoolId = userPoolId
    this.userPoolClientId = userPoolClientId
    this.identityPoolId = identityPoolId
    this.registerOutputs({ url, bucket, userPoolId, userPoolClientId, identityPoolId })
  }
}
