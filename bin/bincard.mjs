#!/usr/bin/env node
/** The program of the package. Plain JavaScript that an old Node can read, so that it can say that it is too old. */
const oldestNode = 24
if (Number(process.versions.node.split('.', 1)[0]) < oldestNode) {
  console.error(`Bincard needs Node ${oldestNode} or newer; this is ${process.versions.node}.`)
  process.exit(2)
}
await import('../dist/main.js')
