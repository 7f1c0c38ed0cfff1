// e2e/outsiders/same-core/scenarios.ts: what both makes of core are asked to do, one deployment after another.
import { fileURLToPath } from 'node:url'

export interface Component {
  readonly version: string
  readonly lifecycle?: Readonly<Record<string, unknown>>
  readonly configuration?: Readonly<Record<string, unknown>>
  /** By name: the version that is required. */
  readonly dependencies?: Readonly<Record<string, string>>
}

export interface Deployment {
  /** Published before it, if it is not there yet. */
  readonly components: Readonly<Record<string, Component>>
  /** Of these, those that are deployed; all by default. */
  readonly roots?: readonly string[]
  /** `configurationUpdate`, by component. */
  readonly updates?: Readonly<Record<string, { readonly merge?: unknown; readonly reset?: readonly string[] }>>
  /** After its end: until every component is in one of these states. */
  readonly until?: readonly string[]
}

export interface Scenario {
  readonly name: string
  readonly deployments: readonly Deployment[]
}

const PROBE = fileURLToPath(new URL('ipc-probe.ts', import.meta.url))
const FOREVER = 'while :; do sleep 1; done' // its group is ended with it

/** Each step leaves a word in its component's working folder. */
const told = (step: string, then = '') => `echo ${step} >> story; ${then}`
const STEPS = { install: told('install'), startup: told('startup'), shutdown: told('shutdown'), recover: told('recover'), uninstall: told('uninstall') }
const running = (version: string, word = 'run') => ({ version, lifecycle: { install: told(`install-${version}`), run: told(word, FOREVER), shutdown: told(`shutdown-${version}`) } })

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'environment and working folder',
    deployments: [{ components: { Env: { version: '1.0.0', lifecycle: { install: 'env | sed "s/=.*//" | sort > names; env | grep -E "^(AWS_REGION|AWS_DEFAULT_REGION|GGC_VERSION|AWS_USE_FIPS_ENDPOINT|AWS_GG_FIPS_MODE|OWN)=" | sort > values; pwd > folder', startup: told('startup'), setenv: { OWN: '{iot:thingName} {configuration:/a/b}' } }, configuration: { a: { b: [1, 'x', null] } } } } }],
  },
  {
    name: 'a new version, then none: the order of steps',
    deployments: [
      { components: { Order: { version: '1.0.0', lifecycle: STEPS } } },
      { components: { Order: { version: '2.0.0', lifecycle: STEPS } } },
      { components: {} },
    ],
  },
  {
    name: 'dependencies start first', // which of two that go stops first is chance in both
    deployments: [
      { components: { Upper: { version: '1.0.0', lifecycle: { startup: 'echo upper-up >> ../story', shutdown: told('shutdown') }, dependencies: { Lower: '1.0.0' } }, Lower: { version: '1.0.0', lifecycle: { startup: 'echo lower-up >> ../story', shutdown: told('shutdown') } } }, roots: ['Upper'] },
      { components: {} },
    ],
  },
  {
    name: 'configuration: defaults, merge, reset',
    deployments: [
      { components: { Config: { version: '1.0.0', lifecycle: { startup: 'echo \'{configuration:/}\' >> story; echo "{configuration:/list}{configuration:/none}{configuration:/deep/kept}" >> story' }, configuration: { list: [1, 2], deep: { kept: true, word: 'default' }, number: 1.5 } } } },
      { components: { Config: { version: '1.0.0' } }, updates: { Config: { merge: { list: ['new'], deep: { word: 'merged', added: null }, number: { now: 'object' } } } } },
      { components: { Config: { version: '1.0.0' } }, updates: { Config: { reset: ['/deep/word', '/list'], merge: { fresh: 1 } } } },
      { components: { Config: { version: '1.0.0' } }, updates: { Config: { reset: [''] } } },
    ],
  },
  {
    name: 'a release that cannot start is taken back',
    deployments: [
      { components: { Bad: running('1.0.0') } },
      { components: { Bad: { version: '2.0.0', lifecycle: { startup: told('startup-2', 'exit 7'), recover: told('recover-2'), shutdown: told('shutdown-2') } } } },
    ],
  },
  {
    name: 'an install that fails, in a deployment that changes nothing else',
    deployments: [{ components: { NoInstall: { version: '1.0.0', lifecycle: { install: told('install', 'exit 3'), run: FOREVER } } } }],
  },
  {
    name: 'a startup that takes too long',
    deployments: [{ components: { Late: { version: '1.0.0', lifecycle: { startup: { script: told('startup', 'sleep 30'), timeout: 1 } } } } }],
  },
  {
    name: 'a run that dies after the deployment',
    deployments: [{ components: { Dies: { version: '1.0.0', lifecycle: { run: told('run', 'sleep 8; exit 9'), recover: told('recover') } } }, until: ['BROKEN'] }],
  },
  {
    name: 'a run that ends well, and steps that are skipped',
    deployments: [{ components: { Ends: { version: '1.0.0', lifecycle: { install: { script: told('install'), skipIf: 'onpath sh' }, startup: { script: told('startup'), skipIf: '!exists /nowhere' }, run: told('run', 'exit 0') } } }, until: ['FINISHED'] }],
  },
  {
    name: 'versions that contradict each other',
    deployments: [{ components: { Wants: { version: '1.0.0', lifecycle: { run: FOREVER }, dependencies: { Wanted: '>=2.0.0' } }, Wanted: { version: '1.0.0', lifecycle: { run: FOREVER } } }, roots: ['Wants'] }],
  },
  {
    name: 'what the interface for components answers',
    deployments: [
      {
        components: {
          Ipc: {
            version: '1.0.0',
            lifecycle: { startup: { script: `"${process.execPath}" --disable-warning=ExperimentalWarning "${PROBE}" > story 2> trouble`, timeout: 90 } },
            configuration: {
              number: 1, text: 'x', list: [1, 2.5], deep: { er: { leaf: true } },
              accessControl: {
                'aws.greengrass.ipc.pubsub': { 'com.example.Ipc:pubsub:1': { operations: ['aws.greengrass#PublishToTopic', 'aws.greengrass#SubscribeToTopic'], resources: ['mine/*'] } },
                'aws.greengrass.ipc.mqttproxy': { 'com.example.Ipc:mqttproxy:1': { operations: ['aws.greengrass#PublishToIoTCore', 'aws.greengrass#SubscribeToIoTCore'], resources: ['mine/+/x'] } },
              },
            },
          },
        },
      },
    ],
  },
]
