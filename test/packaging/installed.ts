import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pack } from '../../scripts/pack.ts'
import { publishedPackages, root } from '../../scripts/packages.ts'

/** A project of a user's own, outside of the workspace, with the packages installed as they would be published. */
export class UserProject {
  readonly directory: string

  constructor() {
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'tps-user-')))
    writeFileSync(join(this.directory, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
    for (const { name, directory, manifest } of publishedPackages()) {
      this.#install(name, directory)
      for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
        this.#link(dependency, directory)
    }
  }

  /** Writes a file of the user's. */
  write(file: string, text: string): string {
    const path = join(this.directory, file)
    writeFileSync(path, text)
    return path
  }

  /** Runs a program in the project and returns what it prints. */
  run(command: string, ...args: string[]): string {
    return execFileSync(command, args, { cwd: this.directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Runs a piece of a module and returns what it prints. */
  evaluate(code: string): string {
    return this.run('node', '--input-type=module', '-e', code).trim()
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  #install(name: string, directory: string): void {
    const tarball = join(this.directory, `${name}.tgz`)
    pack(directory, tarball)
    const target = join(this.directory, 'node_modules/@tps', name)
    mkdirSync(target, { recursive: true })
    execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
  }

  /** The dependency as the workspace has it: the registry is not asked. */
  #link(dependency: string, from: string): void {
    const target = join(this.directory, 'node_modules', dependency)
    mkdirSync(dirname(target), { recursive: true })
    try {
      symlinkSync(locate(dependency, from), target)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The folder of an installed package, looked for from `from` and then from the root. */
function locate(name: string, from: string): string {
  for (const start of [from, root]) {
    for (const folder of createRequire(join(start, 'package.json')).resolve.paths(name) ?? []) {
      try {
        return realpathSync(join(folder, name))
      } catch {
        // Not in this one.
      }
    }
  }
  throw new Error(`${name} is not installed`)
}
