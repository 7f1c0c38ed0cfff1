// console/src/pages/device.tsx: one device: its board, what it is wished and reports, what runs on it, its certificate, and what it says.
import { jobs } from '@fleet/contract/jobs'
import { shadows } from '@fleet/contract/topics'
import { useEffect, useState } from 'preact/hooks'
import type { PageProps } from './page-props.ts'
import type { Message } from '../cloud/messages.ts'
import { AlarmsPart } from './alarms/alarms-part.tsx'
import { CertificatePart } from './device/certificate-part.tsx'
import { ComponentsPart } from './device/components-part.tsx'
import { DeploymentsPart } from './device/deployments-part.tsx'
import { HistoryPart } from './device/history-part.tsx'
import { JournalPart } from './device/journal-part.tsx'
import { LivePart } from './device/live-part.tsx'
import { LogsPart } from './device/logs-part.tsx'
import { ShadowsPart } from './device/shadows-part.tsx'
import { usePresence } from './device/use-presence.ts'
import { useShadows } from './device/use-shadows.ts'
import { StatePill } from '../parts/state-pill.tsx'

const MOST_KEPT = 200

export function DevicePage({ cloud, messages, pis, address }: PageProps) {
  const { serial = '' } = address
  const [openedAt] = useState(Date.now)
  const journal = useJournal(messages, serial)
  const documents = useShadows(cloud, serial, journal[0])
  const pi = pis?.get(serial)
  const presence = usePresence(cloud, messages, serial)
  return (
    <>
      <div class="head">
        <h1>
          Device <span class="serial">{serial}</span>
        </h1>
        {presence && <StatePill>{presence}</StatePill>}
      </div>
      <div class="device">
        <div class="stack">
          <LivePart {...{ cloud, serial, documents, pi }} />
          <ComponentsPart {...{ cloud, serial }} />
          <DeploymentsPart {...{ cloud, serial }} />
        </div>
        <div class="stack">
          <AlarmsPart {...{ cloud, messages, serial }} />
          <ShadowsPart {...{ cloud, serial, documents }} />
          <CertificatePart {...{ cloud, serial }} told={journal.find(({ topic }) => topic.includes('/jobs/'))?.at} />
        </div>
        <HistoryPart {...{ cloud, serial, address, journal, openedAt }} />
        <LogsPart {...{ cloud, serial, address }} />
        <JournalPart journal={journal} />
      </div>
    </>
  )
}

/** The newest message first. */
function useJournal(messages: PageProps['messages'], serial: string): readonly Message[] {
  const [journal, setJournal] = useState<readonly Message[]>([])
  useEffect(() => {
    const filters = [`fleet/${serial}/#`, ...Object.values(shadows).flatMap(({ updateAccepted, updateRejected, updateDelta }) => [updateAccepted, updateRejected, updateDelta].map((topic) => topic.of(serial))), `$aws/things/${serial}/jobs/#`, jobs.updateAccepted.of(serial)]
    const listening = messages?.listen([...new Set(filters)], (message) => setJournal((former) => [message, ...former].slice(0, MOST_KEPT)))
    return () => listening?.[Symbol.dispose]()
  }, [messages, serial])
  return journal
}
