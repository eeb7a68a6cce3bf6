import { Option } from "@commander-js/extra-typings";

// Options and environment variables of several commands.

export const REGION = new Option(
  "--region <NAME>",
  "One region of REGIONS. By default all, one after the other.",
);

type Variables = Readonly<Record<string, string>>;

export const PORT: Variables = { PORT: "The port to listen on, 8776 by default." };
export const REGIONS: Variables = {
  REGIONS: "The regions, such as `eu us`. Each has its variables: LIBSQL_URL_EU and so on.",
};
export const LOG_REQUESTS: Variables = {
  LOG_REQUESTS: "all, errors (a status of 500 or more, the default) or none.",
};

/** Formats the environment variables that matter most to a command, for its help. */
export function formatVariables(variables: Variables): string {
  const width = Math.max(...Object.keys(variables).map((name) => name.length)) + 2;
  const lines = Object.entries(variables).map(([name, text]) => `  ${name.padEnd(width)}${text}`);
  return `\nEnvironment variables:\n${lines.join("\n")}`;
}
