/** Owns where this project lives in the web, as package.json says it. Pure. */

interface Manifest {
  repository?: string | { url?: string }
  homepage?: string
}

/** The repository's page: `git+https://host/owner/name.git` and `https://host/owner/name#readme` both name it. */
export function sourceOf({ repository, homepage }: Manifest): string {
  const url = (typeof repository === 'string' ? repository : repository?.url) ?? homepage ?? ''
  return url
    .replace(/^git\+/, '')
    .replace(/#.*$/, '')
    .replace(/\.git$/, '')
}
