// sandbox/src/site/nucleus/deployments/latest-queued-jobs.ts: tells jobs that are new from those that the cloud delivers again.

export interface LatestQueuedJobs {
  /** Notes it; false when it is known, or older than the latest. @param queuedAt in seconds, as AWS IoT gives it */
  readonly isNew: (queuedAt: number, jobId: string) => boolean
  /** One whose time is not known yet. */
  readonly add: (jobId: string) => void
}

export function latestQueuedJobs(): LatestQueuedJobs {
  const latest = new Set<string>()
  const withoutTime = new Set<string>()
  let latestAt = 0
  const note = (queuedAt: number, jobId: string): boolean => {
    if (queuedAt < latestAt || (queuedAt === latestAt && latest.has(jobId))) return false
    if (queuedAt > latestAt) latest.clear()
    latestAt = queuedAt
    latest.add(jobId)
    return true
  }
  return {
    isNew: (queuedAt, jobId) => note(queuedAt, jobId) && !withoutTime.delete(jobId),
    add(jobId) {
      if (!latest.has(jobId)) withoutTime.add(jobId)
    },
  }
}
