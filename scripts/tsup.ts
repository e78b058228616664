import { defineConfig } from 'tsup'

/** The one build recipe of the published packages: ESM only, the private `@tps/internal` bundled in, code and types. */
export function library(entry: Record<string, string>, external: string[] = []): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2023',
    platform: 'neutral',
    dts: { resolve: [/^@tps\/internal$/, /^\.\.?\//] },
    noExternal: ['@tps/internal'],
    external: ['eventemitter3', ...external],
    treeshake: true,
    splitting: true,
    // `node:sqlite` has no other name.
    removeNodeProtocol: false,
    clean: true,
    sourcemap: false,
    tsconfig: '../tsconfig.json',
    silent: true,
  })
}
