import { defineConfig } from "vite";

// Served by Django as /static/app/…; relative addresses inside the CSS keep it free of that prefix.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "dist",
    manifest: "manifest.json",
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0, // font-src and img-src are 'self': nothing becomes a data: address
    modulePreload: false,
    rollupOptions: { input: ["src/app.js", "src/floor/floor.js", "src/floor/floor.css", "src/floor/worker.js"] },
  },
});
