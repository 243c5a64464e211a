/* Says what a first visit transfers (gzipped; fonts as they are) and fails when scripts outgrow their budget. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_JS = 30_000;
const DIST = new URL("../dist/assets/", import.meta.url);
const sizes = readdirSync(DIST).filter((name) => /\.(js|css|woff2)$/.test(name)).map((name) => {
  const bytes = readFileSync(new URL(name, DIST));
  return { name, size: name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length };
});
for (const { name, size } of sizes) console.log(`${String(size).padStart(7)}  ${name}`);
const scripts = sizes.filter(({ name }) => name.endsWith(".js")).reduce((sum, { size }) => sum + size, 0);
if (scripts > BUDGET_JS) {
  console.error(`Scripts are ${scripts} bytes gzipped; the budget is ${BUDGET_JS}.`);
  process.exit(1);
}
