import { defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the page works under any path a proxy puts it at.
  base: './',
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Fonts and images stay files: the Content-Security-Policy allows `font-src 'self'` only.
    assetsInlineLimit: 0,
    // The notices that the bundled packages ask for, served beside the page.
    license: { fileName: 'licenses/packages.txt' },
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
