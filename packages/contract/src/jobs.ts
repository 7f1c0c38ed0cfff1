// packages/contract/src/jobs.ts: the MQTT topics of AWS IoT Jobs that a device uses (AWS IoT guide, «Jobs device MQTT API»).
import { thingTopic } from './topic.ts'

const topic = (end: string) => thingTopic(`$aws/things/{thing}/jobs/${end}`)

export const jobs = {
  notify: topic('notify'),
  get: topic('get'),
  getAccepted: topic('get/accepted'),
  update: (jobId: string) => topic(`${jobId}/update`),
  /** Of every job: the fifth level is its id. */
  updateAccepted: topic('+/update/accepted'),
  updateRejected: topic('+/update/rejected'),
} as const
