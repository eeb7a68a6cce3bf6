/** Before the first release documents install the file that `npm pack` makes, and say so in a paragraph. */
const INSTALL = /npm install \S*volume-transfers-\S+\.tgz/g;
const UNPUBLISHED = /^The package is not on npm yet.*\n\n/m;

/**
 * Returns a document that installs the package from npm from the first release on, and until then the file that
 * `npm pack` makes of the version.
 *
 * @param version the version of `package.json`; one with a hyphen is no release
 */
export function installCommand(document: string, version: string): string {
  return version.includes("-")
    ? document.replace(INSTALL, `npm install ../volume-transfers/volume-transfers-${version}.tgz`)
    : document.replace(INSTALL, "npm install volume-transfers").replace(UNPUBLISHED, "");
}
