// infra/src/providers.ts: the providers, bound to the stage's account: a run with another account's credentials stops before it changes anything.
import type { Stage } from '@fleet/contract/stage'
import { Provider as Aws } from '@pulumi/aws/provider.js'
import { Provider as AwsNative, type ProviderArgs } from '@pulumi/aws-native/provider.js'
import type * as pulumi from '@pulumi/pulumi'

/** @pulumi/aws only where it is needed: a stage without account settings runs with one plugin, aws-native's. */
export function boundProviders({ accountId, region, managesAccountSettings }: Pick<Stage, 'accountId' | 'region' | 'managesAccountSettings'>): pulumi.ProviderResource[] {
  // aws-native's SDK skips the validation unless told not to, and with it, silently, the check of the account.
  const guard = { allowedAccountIds: [accountId], skipCredentialsValidation: false }
  return [
    // The SDK lists the regions of its day; the provider takes any.
    new AwsNative('aws-native', { ...guard, region: region as ProviderArgs['region'] & string }),
    ...(managesAccountSettings ? [new Aws('aws', { ...guard, region })] : []),
  ]
}
