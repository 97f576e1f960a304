/**
 * `npm run bench:readme`: writes the figures of bench/results.json into the READMEs, at the places that are marked for
 * them (figures.ts). With `--check` it writes nothing and fails where a README tells another figure.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { withFigures } from './figures.ts'

const isCheck = process.argv.includes('--check')
const source = 'bench/results.json'

if (!existsSync(source)) {
  console.log(`there is no ${source} yet: run "npm run bench" first`)
  process.exit(1)
}
const results = JSON.parse(readFileSync(source, 'utf8'))

for (const file of ['README.md', 'README.zh-CN.md']) {
  const before = readFileSync(file, 'utf8')
  const { text, places } = withFigures(before, results)
  if (!places) console.log(`${file}: no place is marked with <!-- bench: … --> … <!-- /bench -->, nothing written`)
  else if (text === before) console.log(`${file}: ${places} places, all up to date`)
  else if (isCheck) {
    console.log(`${file}: tells other figures than ${source}. Run "npm run bench:readme".`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    console.log(`${file}: ${places} places written`)
  }
}
