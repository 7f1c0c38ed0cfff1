// packages/device-runtime/src/testing/fake-gpio-tools.ts: puts gpiodetect, gpiomon and gpioset of libgpiod 2 into a folder, wired to a board server.
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.ts'

export interface FakeGpioTools extends AsyncDisposable {
  /** The environment in which these tools are found. */
  readonly env: NodeJS.ProcessEnv
}

/** They take the options and print the words of the real ones (libgpiod 2.2.1, tools/*.c); `labels` are those of the chips to be seen. */
export async function fakeGpioTools(boardPath: string, labels = ['raspberrypi-exp-gpio', 'pinctrl-bcm2711']): Promise<FakeGpioTools> {
  const folder = await temporaryFolder()
  for (const tool of ['gpiodetect', 'gpiomon', 'gpioset']) {
    const script = `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'fake-gpio-tool.ts')}' ${tool} "$@"\n`
    await writeFile(join(folder.path, tool), script)
    await chmod(join(folder.path, tool), 0o755)
  }
  return {
    env: { PATH: folder.path, BOARD: boardPath, LABELS: labels.join(',') },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
