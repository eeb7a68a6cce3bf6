// Loaded before the commands of this folder, and plain JavaScript: they are TypeScript, which a Node that is
// too old does not even begin to read. `npm run` finds the project's own Node 24, where npm installed one.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18) || (major === 23 && minor < 6)) {
  console.error(
    `volume-transfers needs Node 22.18 or newer, and this is ${process.version}: run \`npm ci\`, which brings one.`,
  );
  process.exit(1);
}
