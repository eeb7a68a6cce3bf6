/** The cells of a row by the names of their columns. */
export type TableRow = Readonly<Record<string, string>>;

/** Parses a table that python-cinderclient has printed with PrettyTable. */
export function parseTable(output: string): TableRow[] {
  const [header = [], ...rows] = output
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.map((cells) => Object.fromEntries(header.map((column, i) => [column, cells[i] ?? ""])));
}

/** Parses a table with the columns `Property` and `Value`, and returns it as one row. */
export const parsePropertyTable = (output: string): TableRow =>
  Object.fromEntries(parseTable(output).map(({ Property = "", Value = "" }) => [Property, Value]));

/** @throws Error if the row has no such column */
export function tableCell(row: TableRow, column: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`no column ${column} in ${JSON.stringify(row)}`);
  return value;
}
