/**
 * The limits of a statement that Cloudflare documents for D1, and for the terms of a compound select the one that D1 has.
 * The D1 of workerd allows more of some.
 */
const LIMITS = {
  bytes: 100_000,
  parameters: 100,
  "arguments of a function": 32,
  columns: 100,
  "terms of a compound select": 5,
} as const;
type Limit = keyof typeof LIMITS;
const LIMIT_NAMES: readonly Limit[] = [
  "bytes",
  "parameters",
  "arguments of a function",
  "columns",
  "terms of a compound select",
];
/** The bytes of a pattern of `like` or `glob`. */
const MAX_PATTERN = 50;

const TOKEN = /'(?:''|[^'])*'|"(?:""|[^"])*"|\?\d+|\w+|\S/g;
const COMPOUND = ["union", "except", "intersect"];
/** The words that begin a list of their own. */
const CLAUSES = [
  ...["select", "from", "where", "group", "having", "order", "limit", "offset", "returning", "on"],
  ...["set", "values", ...COMPOUND],
];
/** The words before a parenthesis that are no function. */
const KEYWORDS = [
  ...["in", "and", "or", "not", "exists", "as", "is", "by", "over", "filter", "all", "join", "using", "case"],
  ...["when", "then", "else", "between", "like", "glob", "distinct", "conflict", "key", ...CLAUSES],
];

/** The text between two parentheses, or outside of all. */
interface Level {
  readonly isCall: boolean;
  /** The items of the list, up to here. */
  items: number;
  /** The selects of a compound one, up to here. */
  terms: number;
  /** Whether the items are columns: the values after `in` and the rows after `values` are none. */
  hasColumns: boolean;
}

/**
 * Returns the limits of D1 that a statement exceeds, without running it.
 *
 * @example
 * exceededLimits("select a like ?1"); // ["a pattern that is no text of at most 50 bytes"]
 */
export function exceededLimits(sql: string): string[] {
  const most: Record<Limit, number> = {
    bytes: bytesOf(sql),
    parameters: 0,
    "arguments of a function": 0,
    columns: 0,
    "terms of a compound select": 0,
  };
  const count = (limit: Limit, value: number) => {
    most[limit] = Math.max(most[limit], value);
  };
  const levels: Level[] = [{ isCall: false, items: 1, terms: 1, hasColumns: true }];
  const patterns: string[] = [];
  let before = "";
  for (const [token] of sql.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (level === undefined) throw new Error(`unbalanced parentheses: ${sql}`);
    const word = token.toLowerCase();
    if (before === "like" || before === "glob") patterns.push(token);
    if (token === "(") levels.push(levelAfter(before));
    else if (token === ")") levels.pop();
    else if (token === ",") level.items++;
    else if (token.startsWith("?")) count("parameters", Number(token.slice(1)));
    else if (CLAUSES.includes(word)) {
      level.items = 1;
      level.hasColumns = word !== "values";
      if (COMPOUND.includes(word)) level.terms++;
    }
    count("terms of a compound select", level.terms);
    if (level.isCall) count("arguments of a function", level.items);
    else if (level.hasColumns) count("columns", level.items);
    before = word;
  }
  const isLong = (token: string) => !token.startsWith("'") || bytesOf(token) - 2 > MAX_PATTERN;
  return [
    ...LIMIT_NAMES.filter((limit) => most[limit] > LIMITS[limit]).map((limit) => `${most[limit]} ${limit}`),
    ...(patterns.some(isLong) ? [`a pattern that is no text of at most ${MAX_PATTERN} bytes`] : []),
  ];
}

const levelAfter = (word: string): Level => ({
  isCall: /^[a-z_]\w*$/.test(word) && !KEYWORDS.includes(word),
  items: 1,
  terms: 1,
  hasColumns: word !== "in",
});

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
