// sandbox/src/site/docker/image-config.ts: what we need of an image's configuration (OCI image specification, «Image Configuration»).
import { z } from 'zod'

export const ImageConfig = z.object({
  architecture: z.string(),
  os: z.string().default('linux'),
  config: z
    .object({
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().nullish(),
    })
    .default({}),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
})
export type ImageConfig = z.infer<typeof ImageConfig>
