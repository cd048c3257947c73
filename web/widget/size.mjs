// Fails when what a shop's page has to load grows over the promised size.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 60 * 1024;
const file = new URL("../dist/widget/xinfu.js", import.meta.url);
const size = gzipSync(readFileSync(file), { level: 9 }).length;
console.log(`xinfu.js: ${(size / 1024).toFixed(1)} KB gzipped of ${LIMIT / 1024} KB`);
if (size > LIMIT) process.exit(1);
