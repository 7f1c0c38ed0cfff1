// sandbox/src/cloud/iot-core/rules/rules-control-plane.ts: the part of the service «AWS IoT» that manages topic rules.
import type { Service } from '../../service.ts'
import { RULE_GRANTS } from './rule-grants.ts'
import { ruleOperations, type RuleOperationsOptions } from './rule-operations.ts'

export const rulesControlPlane = (options: RuleOperationsOptions): Service => ({ model: 'iot', operations: ruleOperations(options), grants: RULE_GRANTS })
