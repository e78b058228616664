import { readFileSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { publishedPackages, root, workspacePackages } from '../../scripts/packages.ts'

// DESIGN §2: no @tps package imports another, not even a type; internal imports eventemitter3 alone;
// a core entry uses web-standard APIs only.

interface Import {
  readonly file: string
  readonly specifier: string
}

function sources(directory: string): string[] {
  return readdirSync(join(directory, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(directory, 'src', file))
}

/** Every module a file names: imports, type imports, re-exports, dynamic imports and import types. */
function importsOf(file: string): Import[] {
  const parsed = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  const add = (node: ts.Node | undefined): void => {
    if (node && ts.isStringLiteralLike(node)) found.push({ file: relative(root, file), specifier: node.text })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0])
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal)
    ts.forEachChild(node, visit)
  }
  visit(parsed)
  return found
}

/** The files that the entry reaches through relative imports. */
function reachable(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const { specifier } of importsOf(entry))
    if (specifier.startsWith('.')) reachable(join(entry, '..', specifier), seen)
  return seen
}

const isNodeModule = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier)
const isTest = (file: string): boolean => file.endsWith('.test.ts')
const packages = workspacePackages('packages')

describe('the dependency rule', () => {
  it('finds the packages and their imports', () => {
    expect(packages.map(({ name }) => name)).toEqual(['andon', 'heijunka', 'internal', 'jidoka', 'kaizen', 'kanban'])
    for (const { name, directory } of publishedPackages()) {
      expect(sources(directory).flatMap(importsOf).length, name).toBeGreaterThan(0)
    }
  })

  it.each(packages)('lets $name import no other @tps package than internal', ({ directory, manifest }) => {
    const allowed = new Set(['@tps/internal', '@tps/internal/manual-clock'])
    const foreign = sources(directory)
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier.startsWith('@tps') && !allowed.has(specifier))
    expect(foreign).toEqual([])
    const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = manifest
    const named = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies })
    expect(named.filter((name) => name.startsWith('@tps') && name !== '@tps/internal')).toEqual([])
    expect(Object.keys({ ...dependencies, ...peerDependencies })).not.toContain('@tps/internal')
  })

  it.each(packages)('lets $name reach into no other folder by a relative path', ({ directory }) => {
    const escaping = sources(directory)
      .flatMap(importsOf)
      .filter(
        ({ file, specifier }) =>
          specifier.startsWith('.') &&
          relative(join(directory, 'src'), join(root, file, '..', specifier)).startsWith('..'),
      )
    expect(escaping).toEqual([])
  })

  it('lets internal import eventemitter3 and nothing else', () => {
    const internal = packages.find(({ name }) => name === 'internal')
    const outside = sources(internal?.directory ?? '')
      .filter((file) => !isTest(file))
      .flatMap(importsOf)
      .filter(({ specifier }) => !specifier.startsWith('.') && specifier !== 'eventemitter3')
    expect(outside).toEqual([])
    expect(internal?.manifest.private).toBe(true)
  })

  it.each(publishedPackages())('keeps the core entry of $name on web standards and eventemitter3', ({ directory }) => {
    const outside = [...reachable(join(directory, 'src/index.ts'))]
      .flatMap(importsOf)
      .filter(({ specifier }) => !specifier.startsWith('.') && !['@tps/internal', 'eventemitter3'].includes(specifier))
    expect(outside).toEqual([])
  })

  it.each(publishedPackages())(
    'keeps $name free of Node modules outside of subpath entries',
    ({ directory, manifest }) => {
      expect(Object.keys(manifest.dependencies ?? {})).toContain('eventemitter3')
      const core = [...reachable(join(directory, 'src/index.ts'))].flatMap(importsOf)
      expect(core.filter(({ specifier }) => isNodeModule(specifier))).toEqual([])
    },
  )
})
