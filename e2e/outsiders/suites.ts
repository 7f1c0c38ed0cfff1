// e2e/outsiders/suites.ts: all suites, in the order in which they run.
import { athena } from './athena/suite.ts'
import { badInput } from './bad-input/suite.ts'
import { awsCli, boto3 } from './aws-cli-and-boto3/suites.ts'
import { deviceSdkForJavaScript, deviceSdkForPython } from './device-sdks/suites.ts'
import { javaNucleus } from './java-nucleus/suite.ts'
import { mosquitto } from './mosquitto/suite.ts'
import { pulumi } from './pulumi/suite.ts'
import { sameCore } from './same-core/suite.ts'
import type { Suite } from './suite.ts'

export const SUITES: readonly Suite[] = [boto3, awsCli, badInput, athena, mosquitto, deviceSdkForJavaScript, deviceSdkForPython, javaNucleus, sameCore, pulumi]
