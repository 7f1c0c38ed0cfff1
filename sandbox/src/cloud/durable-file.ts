// sandbox/src/cloud/durable-file.ts: writes a file so that after a power cut it is there whole, or not at all.
import { closeSync, copyFileSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export const writeDurably = (file: string, text: string): void => putInPlace(file, (temporary) => writeFileSync(temporary, text))

export const copyDurably = (from: string, to: string): void => putInPlace(to, (temporary) => copyFileSync(from, temporary))

function putInPlace(file: string, write: (temporary: string) => void): void {
  const temporary = `${file}.${process.pid}.tmp`
  write(temporary)
  sync(temporary)
  renameSync(temporary, file)
  sync(dirname(file))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
