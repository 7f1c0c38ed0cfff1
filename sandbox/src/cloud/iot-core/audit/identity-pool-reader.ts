// sandbox/src/cloud/iot-core/audit/identity-pool-reader.ts: reads an identity pool's roles by Cognito's own operation, as Device Defender does.
import { AwsError } from '../../aws-error.ts'
import type { IdentityPoolReader } from './identity-pool-checks.ts'

interface PoolRoles {
  readonly GetIdentityPoolRoles: (input: { readonly IdentityPoolId: string }) => { readonly Roles: Readonly<Record<string, string>> }
}

export const identityPoolReader = (cognito: PoolRoles): IdentityPoolReader => ({
  rolesOf(IdentityPoolId) {
    try {
      return cognito.GetIdentityPoolRoles({ IdentityPoolId }).Roles
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined // a pool that was deleted since
      throw error
    }
  },
})
