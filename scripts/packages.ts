import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '..')

/** What the scripts and tests read of a manifest. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A package of the workspace. */
export interface WorkspacePackage {
  /** The folder's name: `jidoka`. */
  readonly name: string
  readonly directory: string
  readonly manifest: Manifest
}

/** The packages in `folder` (`packages` or `examples`), by name. */
export function workspacePackages(folder: 'packages' | 'examples'): WorkspacePackage[] {
  return readdirSync(join(root, folder))
    .filter((name) => existsSync(join(root, folder, name, 'package.json')))
    .toSorted()
    .map((name) => {
      const directory = join(root, folder, name)
      return {
        name,
        directory,
        manifest: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest,
      }
    })
}

/** Those that go to the registry. */
export function publishedPackages(): WorkspacePackage[] {
  return workspacePackages('packages').filter(({ manifest }) => manifest.private !== true)
}
