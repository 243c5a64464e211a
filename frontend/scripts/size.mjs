/* Says what a first visit transfers (gzipped; fonts as they are) and fails when scripts outgrow their budget. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_JS = 30_000;
const BUDGET_FLOOR = 15_000;
const DIST = new URL("../dist/assets/", import.meta.url);
const sizes = readdirSync(DIST).filter((name) => /\.(js|css|woff2)$/.test(name)).map((name) => {
  const bytes = readFileSync(new URL(name, DIST));
  return { name, size: name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length };
});
for (const { name, size } of sizes) console.log(`${String(size).padStart(7)}  ${name}`);
// Two entries, each with its own budget: the pages, and the tablet of the shop floor with its service worker.
for (const [entry, budget, of] of [["The pages", BUDGET_JS, /^(?!floor|worker)/], ["The shop floor", BUDGET_FLOOR, /^(floor|worker)/]]) {
  const scripts = sizes.filter(({ name }) => name.endsWith(".js") && of.test(name)).reduce((sum, { size }) => sum + size, 0);
  if (scripts > budget) {
    console.error(`${entry}: scripts are ${scripts} bytes gzipped; the budget is ${budget}.`);
    process.exit(1);
  }
}
