// Loaded before a snippet runs: time stands still until the test says `{ advance: ms }`, so thirty seconds of heartbeat
// pass at once and nothing depends on the machine's speed. Sockets stay real. Written for Node 14.

let time = Date.now()
let timers = []

class Timer {
  ref() {
    return this
  }
  unref() {
    return this
  }
}

globalThis.setTimeout = (fn, ms = 0, ...args) => {
  const timer = Object.assign(new Timer(), { due: time + Math.max(1, ms), run: () => fn(...args) })
  timers.push(timer)
  return timer
}
globalThis.clearTimeout = (timer) => {
  timers = timers.filter((other) => other !== timer)
}
Date.now = () => time
if (globalThis.performance) performance.now = () => time

process.on('message', (order) => {
  if (!('advance' in order)) return
  const end = time + order.advance
  for (;;) {
    const due = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0]
    if (!due) break
    clearTimeout(due)
    time = due.due
    due.run()
  }
  time = end
  process.send({ id: order.id, answer: null })
})
