/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // The Go program serves web/dist under this path and answers every unknown page below it with index.html.
  base: '/console/',
  plugins: [react()],
  resolve: { alias: { '~': here('./src') } },
  build: {
    outDir: here('../dist'),
    emptyOutDir: true,
    manifest: true,
    // Nothing inlined as data: and no polyfill script: the page runs under a strict content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': { target: process.env.QUNCE_URL ?? 'http://127.0.0.1:8380' } },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    // Two cores are shared with other work: one worker is enough for a few seconds of tests.
    maxWorkers: 1,
    isolate: false,
    testTimeout: 20_000,
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
})
