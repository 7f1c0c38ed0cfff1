// sandbox/src/faults/crashes-at-start.cjs: a program that ends as soon as it has begun.
/* global console, process */
console.error('corrupt: nothing works')
process.exit(7)
