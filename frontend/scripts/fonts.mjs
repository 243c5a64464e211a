/* Cuts Inter down to what the pages use: Latin and Latin Extended-A, weights 400 to 600, our features.
   48 KB and 85 KB become about 26 KB and 10 KB; the second is fetched only where a name needs it. */
import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import subsetFont from "subset-font";

const FILES = new URL("../node_modules/@fontsource-variable/inter/files/", import.meta.url);
const OUT = new URL("../src/fonts/", import.meta.url);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

const LATIN = range(0x20, 0x7e) + range(0xa0, 0xff) + "ıŒœŸ–—‘’‚“”„†•…‰‹›€™↑↓−∕" + "\u2009\u202f";
const LATIN_EXT = range(0x100, 0x17f) + "ȘșȚțẞ₺₽₴₹₩";
const FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "case", "tnum", "cv05", "cv10", "ss03"];

async function cut(name, text) {
  const target = new URL(`inter-${name}.woff2`, OUT);
  if (existsSync(target)) return;
  const source = readFileSync(new URL(`inter-${name}-wght-normal.woff2`, FILES));
  const font = await subsetFont(source, text, {
    targetFormat: "woff2",
    variationAxes: { wght: { min: 400, max: 600 } },
    keepFeatures: FEATURES,
  });
  writeFileSync(target, font);
}

mkdirSync(OUT, { recursive: true });
await cut("latin", LATIN);
await cut("latin-ext", LATIN_EXT);
