// Makes what pages load in a browser: node build.mjs FOLDER. Packages are looked for beside this file.
import { build } from "esbuild";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";

const HERE = dirname(fileURLToPath(import.meta.url));
const ENTRIES = ["sparql", "editor", "pictures"];
const DECIMALS = 3; // of a degree: about 100 metres, finer than the data is

/** The folder of the package that a bundled file belongs to, or null for a file of our own. */
function packageOf(path) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll("\\", "/"));
  return found ? found[1] : null;
}

/** The licence of a package as it brings it, under its name and version. */
async function licenceOf(folder) {
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? (await readFile(join(folder, file), "utf8")).trim() : `Licence: ${about.license}`;
  return `${about.name} ${about.version}\n\n${text}\n`;
}

/** Rings of land, without borders, as one GeoJSON MultiPolygon with rounded degrees. */
async function land() {
  const atlas = createRequire(import.meta.url).resolve("world-atlas/land-50m.json");
  const topology = JSON.parse(await readFile(atlas, "utf8"));
  const rounded = (number) => Number(number.toFixed(DECIMALS));
  const polygons = feature(topology, topology.objects.land).features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
  const coordinates = polygons.map((rings) => rings.map((ring) => ring.map((point) => point.map(rounded))));
  return { folder: dirname(atlas), geometry: { type: "MultiPolygon", coordinates } };
}

const out = process.argv[2];
await mkdir(out, { recursive: true });
const { metafile } = await build({
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  entryPoints: ENTRIES.map((name) => `src/${name}.js`),
  external: ENTRIES.map((name) => `./${name}.js`),
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  outdir: out,
  target: ["es2022"],
});
const { folder, geometry } = await land();
await writeFile(join(out, "land.json"), JSON.stringify(geometry));
const packages = new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean).map((path) => join(HERE, path)));
const licences = await Promise.all([...packages].sort().concat(folder).map(licenceOf));
await writeFile(join(out, "LICENSES.txt"), [
  "What of others is in the files beside this one, and under which licence.",
  "land.json holds coastlines of Natural Earth, which are in the public domain, as world-atlas brings them.",
].join("\n") + "\n\n" + licences.join(`\n${"-".repeat(72)}\n\n`));
for (const [path, { bytes }] of Object.entries(metafile.outputs)) console.log(`${basename(path)} ${bytes}`);
