import { isPackage } from "./settings.ts";

/** The name of the package's command. */
export const PROGRAM = "volume-transfers";

/** Names commands in a text as its reader types them: npm scripts in a checkout, subcommands with the package. */
export const inTermsOfReader = (text: string): string =>
  isPackage
    ? text
        .replaceAll(
          /npm (?:run )?(start|serve|init|deploy|migrate|fsck|events|import|backup|restore|check:config)\b( --(?= ))?/g,
          `${PROGRAM} $1`,
        )
        .replaceAll(`${PROGRAM} check:config`, `${PROGRAM} check-config`)
    : text;
