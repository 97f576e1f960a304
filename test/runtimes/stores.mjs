// The packed server and test kit on this Node: the memory in the process, and Node's own SQLite where there is one, held against
// what every store must do. Prints which it tried.

import { rmSync } from 'node:fs'
import { memoryStore, sqliteStore } from 'react-websocket-reconnect/server'
import { storeConformance } from 'react-websocket-reconnect/testing'

async function hold(name, makeStore, options) {
  for (const check of storeConformance(makeStore, options)) {
    try {
      await check.run()
    } catch (thrown) {
      throw new Error(`${name} ${check.name}: ${thrown.stack}`)
    }
  }
  return name
}

const tried = [await hold('memory', () => memoryStore())]
const sqlite = await import('node:sqlite').catch(() => undefined)
if (sqlite) {
  let files = 0
  const open = (file) => Object.assign(new sqlite.DatabaseSync(file), { file })
  const fresh = () => {
    const file = `stores-${process.version}-${++files}.db`
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
    return sqliteStore(open(file))
  }
  const reopen = ({ database }) => {
    database.close()
    return sqliteStore(open(database.file))
  }
  tried.push(await hold('node:sqlite', fresh, { reopen }))
}
console.log(tried.join(', '))
