/** The cost of the requests of a binding. */
export interface Cost {
  roundTrips: number;
  /** In batches. */
  statements: number;
  rowsRead: number;
}

/** A D1 binding, what was sent to it, and the cost of that. */
interface MeasuredD1 {
  readonly binding: D1Database;
  readonly cost: Cost;
  /** The texts of the statements. */
  readonly sent: Set<string>;
}

/** Returns a D1 binding that forwards to the given one, and counts round trips, statements and the rows that D1 reports as read. */
export function measuredD1(db: D1Database): MeasuredD1 {
  const sent = new Set<string>();
  const cost: Cost = { roundTrips: 0, statements: 0, rowsRead: 0 };
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

  const counted = <T>(result: D1Result<T>): D1Result<T> => {
    cost.rowsRead += result.meta.rows_read;
    return result;
  };
  const statement = (original: D1PreparedStatement): D1PreparedStatement => {
    const measured = new Proxy(original, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        if (name === "all" || name === "run") {
          return async () => {
            cost.roundTrips++;
            return counted(await target.all());
          };
        }
        // D1 reports no cost for raw(), so the rows are fetched as objects.
        if (name === "raw") {
          return async () => {
            cost.roundTrips++;
            return counted(await target.all<Record<string, unknown>>()).results.map(Object.values);
          };
        }
        throw new Error(`D1PreparedStatement.${String(name)} is not measured`);
      },
    });
    originals.set(measured, original);
    return measured;
  };

  const measured = <T extends D1Database | D1DatabaseSession>(db: T): T =>
    new Proxy(db, {
      get(target, name) {
        if (name === "withSession" && "withSession" in target) {
          return (bookmark?: string) => measured(target.withSession(bookmark));
        }
        if (name === "getBookmark" && "getBookmark" in target) return () => target.getBookmark();
        if (name === "prepare") {
          return (query: string) => {
            sent.add(query);
            return statement(target.prepare(query));
          };
        }
        if (name === "batch") {
          return async (statements: D1PreparedStatement[]) => {
            cost.roundTrips++;
            cost.statements += statements.length;
            const results = await target.batch(statements.map((one) => originals.get(one) ?? one));
            return results.map(counted);
          };
        }
        throw new Error(`D1Database.${String(name)} is not measured`);
      },
    });
  return { binding: measured(db), cost, sent };
}
