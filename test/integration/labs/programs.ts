import { hasProgram, installPackage } from '../debian.ts'

/** What the commands of the pages need, beside a shell: packages of Debian and Ubuntu that are called as their program. */
const PROGRAMS = ['curl', 'jq', 'make'] as const

let installed: Promise<void> | undefined

/** Sees to it that the pages' programs are there. Installing what is missing needs root. */
export async function needPrograms(): Promise<void> {
  installed ??= install()
  await installed
}

async function install(): Promise<void> {
  for (const name of PROGRAMS) {
    await installPackage(name, () => hasProgram(name))
    if (!hasProgram(name))
      throw new Error(`${name} is needed: install it with "apt-get install ${name}", or put it on the PATH`)
  }
}
