/**
 * Owns a consumer's folder, outside this repository, so that nothing of ours is found by climbing up: its packages from
 * the registry, kept for the next run, and the library as `npm pack` made it.
 */

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const LIBRARY = 'react-websocket-reconnect'
const QUIETLY = ['--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline', '--loglevel=error']

/** The environment of a person's terminal: without what npm and Vitest put into ours. */
export function environment(): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/.test(name))
  return { ...Object.fromEntries(env), CI: '1' } as NodeJS.ProcessEnv
}

export class Place {
  readonly name: string
  readonly folder: string

  private constructor(name: string, folder: string) {
    this.name = name
    this.folder = folder
  }

  /** A folder with these packages in it, installed by this run or an earlier one. */
  static async with(name: string, packages: Record<string, string>): Promise<Place> {
    const manifest = JSON.stringify({ name, private: true, dependencies: packages }, null, 2)
    const mark = createHash('sha256').update(resolve('.')).update(manifest).digest('hex').slice(0, 12)
    const place = new Place(name, join(tmpdir(), `${LIBRARY}-consumer-${name}-${mark}`))
    const done = join(place.folder, 'node_modules', '.installed')
    if (!existsSync(done)) {
      rmSync(place.folder, { recursive: true, force: true })
      place.write('package.json', manifest)
      await place.run('npm', ['install', ...QUIETLY])
      mkdirSync(dirname(done), { recursive: true })
      writeFileSync(done, '')
    }
    return place
  }

  /** Puts the library where a package manager would have put it. */
  unpack(installation: string): this {
    const home = join(this.folder, 'node_modules', LIBRARY)
    rmSync(home, { recursive: true, force: true })
    cpSync(join(installation, 'node_modules', LIBRARY), home, { recursive: true })
    return this
  }

  /** `npm install` as a person types it, in a folder of this place. */
  async install(packages: readonly string[], folder = '.'): Promise<void> {
    await this.run('npm', ['install', ...QUIETLY, ...packages], { folder })
  }

  write(name: string, text: string): void {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  /** Runs a command to its end, and returns what it printed; throws an Error with all of that where it fails. */
  async run(command: string, args: readonly string[], { folder = '.', timeout = 300_000 } = {}): Promise<string> {
    const options = { cwd: join(this.folder, folder), timeout, env: environment(), maxBuffer: 1e8 }
    const run = promisify(execFile)(command, args, options)
    // Whoever reads questions from the terminal is told that nobody is there.
    run.child.stdin?.end()
    try {
      const { stdout, stderr } = await run
      return stdout + stderr
    } catch (thrown) {
      const { killed, stdout = '', stderr = '' } = thrown as { killed?: boolean; stdout?: string; stderr?: string }
      const why = killed ? `took longer than ${timeout / 1000} s` : 'failed'
      throw new Error(`"${command} ${args.join(' ')}" ${why}:\n${stdout}${stderr}`)
    }
  }
}
