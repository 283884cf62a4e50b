import process from 'node:process'

// An `import` of them reads each of their exports, `WebSocket` among them, which loads a second HTTP library: 50 ms for
// nothing, in every command.

/** `node:http`, loaded when it is wanted. */
export const http = () => process.getBuiltinModule('node:http')

/** `node:https`, loaded when it is wanted. */
export const https = () => process.getBuiltinModule('node:https')
