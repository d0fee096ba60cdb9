/** Builds the dashboard into dist/web, where the service serves it from. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Where `npm start` runs the service. */
const service = 'http://127.0.0.1:8000'
const outDir = join(import.meta.dirname, '../dist/web')

/** Each file beside itself as browsers take it, so that the service has nothing to compress. */
const compressed: Plugin = {
  name: 'compressed',
  closeBundle() {
    const folder = join(outDir, 'assets')
    for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
      const bytes = readFileSync(join(folder, name))
      writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes))
      writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }))
    }
  },
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'baseline-widely-available',
    // Whose work is in it, with their notices, as their licences ask.
    license: { fileName: 'assets/licences.md' },
  },
  server: { proxy: { '/api': service, '/docs': service, '/openapi.json': service } },
})
