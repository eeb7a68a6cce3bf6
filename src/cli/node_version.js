// Loaded before each command. It is JavaScript, because a Node that is too old cannot read the TypeScript of the
// commands. `npm run` finds the project's own Node 24, where npm has installed one.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18) || (major === 23 && minor < 6)) {
  console.error(
    `volume-transfers needs Node 22.18 or newer; this is ${process.version}. Run \`npm ci\`, which installs one, ` +
      "and start the command with `npm run`.",
  );
  process.exit(1);
}
