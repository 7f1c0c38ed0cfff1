// packages/device-runtime/src/bus/ipc-crt-addon.ts: loads the native addon of aws-crt from where the image says it is.

/** aws-crt's own loader looks in folders that a bundle has not, and runs `ldd` first, for which it loads Node's modules for processes and sockets. */
const path = process.env.AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH
if (path === undefined) throw new Error('AWS_CRT_NODEJS_BINARY_ABSOLUTE_PATH does not say where the addon of aws-crt is: components/Dockerfile sets it.')
const addon = { exports: {} }
process.dlopen(addon, path)
export default addon.exports
