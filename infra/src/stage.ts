// infra/src/stage.ts: the stage that this run of the program is for, checked before anything is made.
import { parseStage, type Stage } from '@fleet/contract/stage'
import * as pulumi from '@pulumi/pulumi'

/**
 * Reads every setting of Pulumi.<stage>.yaml, not only the known ones: a misspelt one is an error.
 * @throws FleetError STAGE_INVALID
 */
export const currentStage = (): Stage => parseStage(pulumi.getStack(), pulumi.runtime.allConfig())
