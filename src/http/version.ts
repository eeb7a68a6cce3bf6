/** The version of the package. `npm version` writes it here from package.json. */
export const VERSION = "1.1.0-dev";
