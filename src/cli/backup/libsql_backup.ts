import type { LibsqlDatabase } from "../database/database.ts";
import { formatCauses } from "../database/libsql.ts";
import { escapeNul } from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";

/** The last line of a complete dump. */
const END = "COMMIT;\n";
/**
 * Reads a libSQL database as SQL, from the server's `GET /dump`. The server reads in one transaction, so that the dump
 * contains each concurrent write completely or not at all.
 *
 * @throws CliError if the server cannot be reached, or the dump is incomplete
 */
export async function* dumpLibsql({ url, authToken }: LibsqlDatabase): AsyncGenerator<Uint8Array> {
  const dump = new URL("dump", url.replace(/^libsql:/, "https:").replace(/\/*$/, "/"));
  let end = "";
  try {
    const headers: Record<string, string> =
      authToken === undefined ? {} : { Authorization: `Bearer ${authToken}` };
    const response = await fetch(dump, { headers });
    if (!response.ok || response.body === null) throw new Error(`GET /dump returned ${response.status}`);
    for await (const chunk of response.body) {
      end = (end + Buffer.from(chunk).toString("latin1")).slice(-END.length);
      yield withoutNul(chunk);
    }
  } catch (error) {
    throw new CliError(`the libSQL database at ${url} cannot be dumped: ${formatCauses(error)}`);
  }
  if (end !== END) throw new CliError(`the dump of the libSQL server at ${url} is incomplete. Try again.`);
}

/** Escapes the NUL characters of a dump, which contains them unescaped. */
function withoutNul(chunk: Uint8Array): Uint8Array {
  if (!chunk.includes(0)) return chunk;
  // latin1 maps each byte to one character, and so keeps the bytes of UTF-8.
  return Buffer.from(escapeNul(Buffer.from(chunk).toString("latin1")), "latin1");
}
