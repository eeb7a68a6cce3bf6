// Clients send structured values in a query as Python writes them: `metadata={'key': 'value'}`.

/** The most characters of a literal, so that parsing takes little time. */
const MAX_LENGTH = 16_384;

const TOKEN =
  /\s*(?:([{}[\](),:])|([rub]?'(?:[^'\\]|\\[\s\S])*'|[rub]?"(?:[^"\\]|\\[\s\S])*")|([+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)(?![\w.])|(True|False|None)(?!\w))/iy;
const CONSTANTS = new Map<string, boolean | null>([
  ["True", true],
  ["False", false],
  ["None", null],
]);

/** A token: a mark, or a value. */
type Token = { readonly mark: string } | { readonly value: unknown };

/**
 * Parses a Python literal as `ast.literal_eval` does: texts, numbers, booleans, `None`, and dictionaries and lists of
 * them.
 *
 * @returns the value, with dictionaries as maps; or the text itself if it is not a literal
 */
export function parseLiteral(text: string): unknown {
  const tokens = text.length > MAX_LENGTH ? undefined : tokenize(text.trim());
  if (tokens === undefined) return text;
  const parser = new Parser(tokens);
  const value = parser.value();
  return value === FAILED || !parser.atEnd() ? text : value;
}

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, mark, quoted, number, constant] = TOKEN.exec(text) ?? [];
    if (mark !== undefined) tokens.push({ mark });
    else if (quoted !== undefined) tokens.push({ value: unquote(quoted) });
    else if (number !== undefined) tokens.push({ value: Number(number) });
    else if (constant !== undefined && CONSTANTS.has(constant))
      tokens.push({ value: CONSTANTS.get(constant) });
    else return undefined;
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\n": "" };

function unquote(quoted: string): string {
  const raw = /^r/i.test(quoted);
  const inside = quoted.slice(/^[rub]/i.test(quoted) ? 2 : 1, -1);
  if (raw) return inside;
  return inside.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\s\S]))/gi,
    (all, hex?: string, unicode?: string, other?: string) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      // Python keeps the backslash of an escape that it does not know.
      return ESCAPES[other ?? ""] ?? (/[\\'"]/.test(other ?? "") ? (other ?? "") : all);
    },
  );
}

const FAILED = Symbol("no literal");
/** The deepest level of a literal. */
const MAX_DEPTH = 16;

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  atEnd(): boolean {
    return this.#position === this.#tokens.length;
  }

  /** Parses a value from the current token on. */
  value(depth = 0): unknown {
    const token = this.#tokens[this.#position++];
    if (token === undefined || depth > MAX_DEPTH) return FAILED;
    if ("value" in token) return token.value;
    if (token.mark === "{") return this.#dictionary(depth);
    if (token.mark === "[") return this.#list("]", depth);
    return token.mark === "(" ? this.#list(")", depth) : FAILED;
  }

  #dictionary(depth: number): unknown {
    const entries = new Map<unknown, unknown>();
    while (!this.#takes("}")) {
      const key = this.value(depth + 1);
      if (key === FAILED || !this.#takes(":")) return FAILED;
      const value = this.value(depth + 1);
      if (value === FAILED) return FAILED;
      entries.set(key, value);
      if (!this.#takes(",") && !this.#isAt("}")) return FAILED;
    }
    return entries;
  }

  #list(end: string, depth: number): unknown {
    const items: unknown[] = [];
    while (!this.#takes(end)) {
      const item = this.value(depth + 1);
      if (item === FAILED) return FAILED;
      items.push(item);
      if (!this.#takes(",") && !this.#isAt(end)) return FAILED;
    }
    return items;
  }

  #isAt(mark: string): boolean {
    const token = this.#tokens[this.#position];
    return token !== undefined && "mark" in token && token.mark === mark;
  }

  /** Skips a mark, if it is the current token. */
  #takes(mark: string): boolean {
    const found = this.#isAt(mark);
    if (found) this.#position++;
    return found;
  }
}
