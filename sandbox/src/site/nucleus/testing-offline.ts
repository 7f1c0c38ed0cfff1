// sandbox/src/site/nucleus/testing-offline.ts: a nucleus without a cloud for tests, with components that its init config names.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify as yamlText } from 'yaml'
import { networkCable } from '../network.ts'
import type { JsonObject } from './json.ts'
import { startNucleus, type Nucleus, type NucleusOptions } from './nucleus.ts'
import { QUICK, temporaryFolder } from './testing.ts'

export interface OfflineNucleus extends Nucleus {
  readonly root: string
  /** States of a component in their order, without those that it stayed in. */
  history(component: string): readonly string[]
  log(component: string): string
  /** What its scripts printed. */
  printed(component: string): readonly string[]
  /** Reads a file of a component's work folder; '' when there is none. */
  work(component: string, file: string): string
}

/** @param components branches of the configuration; they run at once */
export async function offlineNucleus(components: Readonly<Record<string, JsonObject>>, options: Partial<NucleusOptions> = {}): Promise<OfflineNucleus> {
  const folder = temporaryFolder()
  const root = options.root ?? join(folder, 'v2')
  const initConfig = join(folder, 'init.yaml')
  const services = Object.fromEntries(Object.entries(components).map(([name, component]) => [name, { version: '1.0.0', componentType: 'GENERIC', ...component }]))
  writeFileSync(initConfig, yamlText({ services: { main: { dependencies: [...Object.keys(components), 'aws.greengrass.Nucleus'] }, ...services } }))
  const now = () => new Date()
  const nucleus = await startNucleus({ root, initConfig, environment: { PATH: process.env['PATH'] ?? '', HOME: folder }, network: networkCable({ now }), now, timings: QUICK, ...options })
  onTestFinished(() => nucleus.stop())
  const text = (path: string) => readFileSync(join(root, path), 'utf8')
  return {
    ...{ thingName: '', isConnected: false, exitCode: undefined, root, state: nucleus.state, ended: nucleus.ended },
    watch: (listener) => nucleus.watch(listener),
    stop: () => nucleus.stop(),
    history: (component) => [...text('logs/greengrass.log').matchAll(/service-set-state.*serviceName=([^,]+), currentState=\w+, newState=(\w+)/g)].flatMap(([, name, state = '']) => (name === component ? [state] : [])),
    log: (component) => text(`logs/${component}.log`),
    printed: (component) => [...text(`logs/${component}.log`).matchAll(/ std(?:out|err)\. (.*)\. \{scriptName/g)].map(([, line = '']) => line),
    work(component, file) {
      try {
        return text(`work/${component}/${file}`)
      } catch {
        return '' // not yet
      }
    },
  }
}
