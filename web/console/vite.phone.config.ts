import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What pages of phones need of packages: one classic script each, beside the console, for old web views. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: here('../dist/phone'),
    target: 'es2015',
    reportCompressedSize: false,
    lib: { entry: here('./phone/reader.ts'), formats: ['iife'], name: 'reader', fileName: () => 'reader.js' },
  },
})
