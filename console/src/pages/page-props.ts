// console/src/pages/page-props.ts: what each page is given.
import type { useAddress } from '../address.ts'
import type { Cloud } from '../cloud/clients.ts'
import type { Listening } from '../cloud/messages.ts'
import type { usePis } from '../sandbox/use-pis.ts'

export interface PageProps {
  readonly cloud: Cloud
  readonly messages: Listening | undefined
  readonly pis: ReturnType<typeof usePis>['pis']
  readonly address: ReturnType<typeof useAddress>
}
