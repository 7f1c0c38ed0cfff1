// packages/device-runtime/src/bus/ipc-crt.ts: the part of aws-crt that IPC needs; it stands for the whole in a component's bundle.

/** The whole would bring MQTT, HTTP and the signing of requests, each with its tables, into the memory of every component. */
export * as cancel from 'aws-crt/dist/common/cancel.js'
export { CrtError } from 'aws-crt/dist/native/error.js'
export * as eventstream from 'aws-crt/dist/native/eventstream.js'
export * as io from 'aws-crt/dist/native/io.js'
