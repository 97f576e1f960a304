/**
 * Owns a newcomer's first hour: Vite's own React template in an empty folder, the commands and files of the README's
 * steps as they stand there, run as a person runs it and as it is published. Must never change what the README says,
 * except for where its server is, and, where the README says nothing of it, how main.tsx imports the App.
 */

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { WebSocket as PageSocket } from 'playwright-core'
import { TestServer } from '../support/echo-server.ts'
import { type Document, part, read } from '../support/markdown.ts'
import { visit } from './pages.ts'
import { environment, Place } from './place.ts'

/** The steps: the part of the README whose subheadings are numbered from 1. */
function steps(): Document {
  const readme = read('README.md')
  const first = readme.headings.findIndex(({ title }) => title.startsWith('1. '))
  const level = readme.headings[first]?.level as number
  const parent = readme.headings.slice(0, first).findLast((heading) => heading.level < level)
  if (!parent) throw new Error('README.md has no heading with numbered steps below it')
  return part(readme, parent.title)
}

/** A program that runs until it is told to end, and all that it starts. */
function start(command: string, args: readonly string[], cwd: string) {
  // A process group of its own, so that npm, its shell and the server all hear the signal.
  const child = spawn(command, args, { cwd, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const over = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return {
    /** Waits until it has printed this. */
    printed: (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const hear = (chunk = '') => {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
          output += String(chunk).replace(/\u001b\[[0-9;]*m/g, '')
          const found = pattern.exec(output)
          if (found) resolve(found[1] as string)
        }
        child.stdout.on('data', hear)
        child.stderr.on('data', hear)
        over.then(() => reject(new Error(`"${command} ${args.join(' ')}" ended:\n${output}`)))
      }),
    async end() {
      try {
        process.kill(-(child.pid as number), 'SIGTERM')
      } catch {}
      await over
    },
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Resolves as soon as somebody listens. */
async function listens(port: number): Promise<void> {
  for (let left = 200; ; left--) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, 'localhost', () => resolve(true)).on('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isThere) return
    if (left === 0) throw new Error(`nobody listens at port ${port}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The page connects, sends when its first button is pressed, and hears the answer. Returns what it then shows. */
function live(address: string, isServer: (url: string) => boolean): Promise<string> {
  let arrive: (socket: PageSocket) => void
  const arrival = new Promise<PageSocket>((resolve) => {
    arrive = resolve
  })
  return visit(
    address,
    async (page) => {
      const socket = await Promise.race([
        arrival,
        new Promise<never>((_, reject) => setTimeout(reject, 20_000, new Error('the page opened no socket'))),
      ])
      const sent = socket.waitForEvent('framesent')
      const received = socket.waitForEvent('framereceived')
      received.catch(() => {})
      await page.getByRole('button').first().click()
      const question = String((await sent).payload)
      const answer = String((await received).payload)
      await page.getByText(answer).last().waitFor()
      const badges = await page.getByRole('status').allInnerTexts()
      const badge = badges.length ? `badge "${badges.join('", "')}"` : 'no badge in the app'
      return `sent "${question}", shows "${answer}", ${badge}`
    },
    (page) =>
      page.on('websocket', (socket) => {
        // Vite's own goes to the page's address.
        if (isServer(socket.url())) arrive(socket)
      }),
  )
}

async function run(installation: string): Promise<string> {
  const { examples, blocks } = steps()
  const place = await Place.with('vite', { 'create-vite': '9.3.0' })
  const app = join(place.folder, 'app')
  rmSync(app, { recursive: true, force: true })
  await place.run('npx', ['create-vite', 'app', '--template', 'react-ts', '--no-interactive'])
  await place.install([], 'app')

  const tarball = readdirSync(installation).find((name) => name.endsWith('.tgz')) as string
  const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.trim().split('\n'))
  const installs = commands
    .map((line) => /^npm (?:install|i) (.+)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
  if (!installs.some((line) => line.includes('react-websocket-reconnect'))) throw new Error('no step installs it')
  for (const line of installs)
    await place.install(
      line.split(' ').map((name) => (name === 'react-websocket-reconnect' ? join(installation, tarball) : name)),
      'app',
    )

  const goodbyes: (() => Promise<unknown>)[] = []
  try {
    // The README's server if it has one, at a port that is free; else one that answers.
    const server = examples.find(({ code }) => code.includes('WebSocketServer'))
    let port: number
    let relocate: (code: string) => string
    if (server) {
      port = await freePort()
      const usual = /\bport:? *=? *(\d+)|\((\d{4,})\)/.exec(server.code)?.slice(1).find(Boolean)
      if (!usual) throw new Error(`${server.name} does not say its port`)
      relocate = (code) => code.replaceAll(usual, String(port))
      place.write(join('app', server.name), relocate(server.code))
      goodbyes.push(start(process.execPath, [server.name], app).end)
      await listens(port)
    } else {
      const own = await new TestServer((wss) =>
        wss.on('connection', (socket) => socket.on('message', (data) => socket.send(`You said ${data}`))),
      ).open()
      goodbyes.push(() => own.close())
      port = own.port
      relocate = (code) => code.replace(/wss?:\/\/[^'"`\s]+/g, own.address)
    }

    const files = examples.filter((example) => example !== server)
    for (const { name, code } of files) place.write(join('app/src', name), relocate(code))
    let main = ''
    const isNamed = (name: string) => files.some((file) => file.name === name)
    if (!isNamed('main.tsx') && !/export default/.test(files.find(({ name }) => name === 'App.tsx')?.code ?? '')) {
      const template = readFileSync(join(app, 'src/main.tsx'), 'utf8')
      place.write(
        'app/src/main.tsx',
        template.replace("import App from './App.tsx'", "import { App } from './App.tsx'"),
      )
      main = ', with main.tsx altered to `import { App }`, of which no step speaks'
    }

    const isServer = (url: string) => new URL(url).port === String(port)
    const seen: string[] = []
    for (const script of ['dev', 'preview']) {
      if (script === 'preview') await place.run('npm', ['run', 'build'], { folder: 'app' })
      const vite = start('npm', ['run', script, '--', '--port', String(await freePort()), '--strictPort'], app)
      goodbyes.push(vite.end)
      seen.push(`${script}: ${await live(await vite.printed(/Local: +(\S+)/), isServer)}`)
    }
    return `${files.map(({ name }) => name).join(', ')}${main}, ${server ? server.name : 'a server of ours'}; ${seen.join('; ')}`
  } finally {
    for (const goodbye of goodbyes.reverse()) await goodbye()
  }
}

export const viteApp = [{ name: 'Vite app by the steps of the README', run }]
