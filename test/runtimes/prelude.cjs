// Loaded before a program runs, in every runtime back to Node 14. With WITHOUT_GLOBAL it takes the global WebSocket away,
// as on a Node that has none. As the program ends it says which of the two the engine has used.

if (process.env.WITHOUT_GLOBAL) delete globalThis.WebSocket

process.on('exit', () => {
  const loaded = Object.keys(require('module')._cache).some((file) => /[\\/]ws[\\/]lib[\\/]websocket\.js$/.test(file))
  console.log(`dialled with ${loaded ? 'ws' : 'the global WebSocket'}`)
})
