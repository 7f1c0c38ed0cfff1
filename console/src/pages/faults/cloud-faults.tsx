// console/src/pages/faults/cloud-faults.tsx: what can be done to the cloud of the sandbox: a release that cannot work, and a clock that is moved.
import { useState } from 'preact/hooks'
import type { BadRelease } from '@fleet/contract/sandbox-control'
import type { useAction } from '../../asked.ts'
import { Command } from '../../parts/command.tsx'
import { PageLink } from '../../parts/page-link.tsx'
import { advanceCloud, deployBadRelease } from '../../sandbox/control.ts'

const DAY_MS = 86_400_000

export function CloudFaults({ action: { act, isUnderWay } }: { readonly action: ReturnType<typeof useAction> }) {
  const [deployed, setDeployed] = useState<BadRelease>()
  return (
    <section aria-labelledby="cloud-faults">
      <h2 id="cloud-faults">The cloud</h2>
      <p class="tools">
        <button disabled={isUnderWay} onClick={() => void act(async () => setDeployed(await deployBadRelease()))}>
          Deploy a bad release
        </button>
        <Command>fleet sandbox bad-release</Command>
        <small>One of its components ends as soon as it has begun. The first device that tries it goes back by itself, and the rollout stops.</small>
      </p>
      <p role="status">
        {deployed && (
          <>
            {`Release ${deployed.release} is deployed, with a ${deployed.component} ${deployed.version} that cannot work. `}
            <PageLink address={{ page: 'releases' }}>Look how it fares</PageLink>
          </>
        )}
      </p>
      <p class="tools">
        <button disabled={isUnderWay} onClick={() => void act(() => advanceCloud(DAY_MS))}>
          Move the cloud’s clock a day ahead
        </button>
        <Command>fleet sandbox clock +1d</Command>
      </p>
    </section>
  )
}
