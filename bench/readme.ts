/**
 * `npm run bench:readme`: writes the figures of bench/results.json into the READMEs and the guide, at the places that
 * are marked for them (figures.ts). With `--check` it writes nothing and fails where a page tells another figure.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { withFigures } from './figures.ts'

const isCheck = process.argv.includes('--check')
const source = 'bench/results.json'

if (!existsSync(source)) {
  console.log(`there is no ${source} yet: run "npm run bench" first`)
  process.exit(1)
}
const results = JSON.parse(readFileSync(source, 'utf8'))

const readmes = ['README.md', 'README.zh-CN.md']
const guide = readdirSync('docs/guide', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guide/${name}`)

for (const file of [...readmes, ...guide]) {
  const before = readFileSync(file, 'utf8')
  const { text, places } = withFigures(before, results)
  if (!places) {
    if (readmes.includes(file)) {
      console.log(`${file}: no place is marked with <!-- bench: … --> … <!-- /bench -->, nothing written`)
    }
  } else if (text === before) console.log(`${file}: ${places} places, all up to date`)
  else if (isCheck) {
    console.log(`${file}: tells other figures than ${source}. Run "npm run bench:readme".`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    console.log(`${file}: ${places} places written`)
  }
}
