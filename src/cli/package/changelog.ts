import { CliError } from "../errors.ts";

const UNRELEASED = "## [Unreleased]\n";

/** Matches the heading of a version. */
const headingOf = (version: string): RegExp =>
  new RegExp(`^## \\[?${version.replaceAll(".", "\\.")}\\]? - \\d{4}-\\d\\d-\\d\\d\\n`, "m");

/**
 * Returns the section of a version in a changelog, without its heading.
 *
 * @throws CliError if there is none, or it is empty
 */
export function releaseNotes(changelog: string, version: string): string {
  const [, rest] = changelog.split(headingOf(version));
  const notes = rest?.split(/^## /m)[0]?.trim() ?? "";
  if (notes === "") throw new CliError(`CHANGELOG.md has no section ${version}.`);
  return notes;
}

/**
 * Returns a changelog whose unreleased changes are those of a version. A version that has a section already keeps it.
 *
 * @param date the date of the release, YYYY-MM-DD
 * @throws CliError if there is no section of unreleased changes
 */
export function releaseChanges(changelog: string, version: string, date: string): string {
  if (headingOf(version).test(changelog)) return changelog;
  if (!changelog.includes(UNRELEASED)) throw new CliError("CHANGELOG.md has no section [Unreleased].");
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n## ${version} - ${date}\n`);
}
