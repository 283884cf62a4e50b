// `node --import` of this file: writes the modules that the process loaded, one a line, where KINDUP_LOADED says.
import { writeFileSync } from 'node:fs'
import module from 'node:module'
import process from 'node:process'

const loaded = []
module.registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  },
})
process.on('exit', () => writeFileSync(process.env.KINDUP_LOADED, loaded.join('\n')))
