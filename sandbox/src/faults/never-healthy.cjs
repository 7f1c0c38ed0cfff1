// sandbox/src/faults/never-healthy.cjs: a program that hangs, whatever it is asked.
/* global process, setInterval */
setInterval(() => undefined, 60_000)
process.on('SIGTERM', () => process.exit(0))
