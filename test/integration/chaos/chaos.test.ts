import { inManyProcesses } from './many-processes.ts'
import { inOneProcess } from './one-process.ts'
import { withFile } from './durable.ts'

// The three take their time side by side: they wait more than they compute.
inManyProcesses()
withFile()
inOneProcess()
