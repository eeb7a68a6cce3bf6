import { is, Param, Placeholder } from "drizzle-orm";
import type { Value } from "../engine/driver.ts";

/** A statement as Drizzle compiles it, with its values and placeholders in the order of its parameters. */
export interface CompiledStatement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** A statement, with functions that return the values of its parameters. */
export interface BindableStatement {
  readonly sql: string;
  readonly params: readonly ((values: object) => Value)[];
}

/**
 * Numbers the parameters of a statement, so that a value that it has in several places is sent and bound once.
 *
 * @throws Error if a question mark of the statement is not a parameter
 */
export function numberParameters({ sql, params }: CompiledStatement): BindableStatement {
  const distinct: unknown[] = [];
  const [begin = "", ...rest] = sql.split("?");
  if (rest.length !== params.length) throw new Error(`${params.length} parameters do not match: ${sql}`);
  const parts = rest.map((text, i) => {
    const param = params[i];
    let place = distinct.findIndex((other) => isSameParam(other, param));
    if (place < 0) place = distinct.push(param) - 1;
    return `?${place + 1}${text}`;
  });
  return { sql: begin + parts.join(""), params: distinct.map(bound) };
}

function isSameParam(a: unknown, b: unknown): boolean {
  if (is(a, Placeholder) && is(b, Placeholder)) return a.name === b.name;
  if (is(a, Param) && is(b, Param)) return a.encoder === b.encoder && isSameParam(a.value, b.value);
  return a === b;
}

/** Returns the function that returns the value of a parameter. Drizzle's own inspects each parameter again, each time. */
function bound(param: unknown): (values: object) => Value {
  if (is(param, Placeholder)) {
    const { name } = param;
    return (values) => toValue(given(values, name));
  }
  if (is(param, Param) && is(param.value, Placeholder)) {
    const { encoder } = param;
    const { name } = param.value;
    return (values) => toValue(encoder.mapToDriverValue(given(values, name)));
  }
  const value = toValue(param);
  return () => value;
}

/** @throws Error if the batch is called without the value */
function given(values: object, name: string): unknown {
  const value: unknown = Reflect.get(values, name);
  if (value === undefined) throw new Error(`a batch is called without its value ${name}`);
  return value;
}

function toValue(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      if (value === null) return value;
      throw new TypeError(`a ${typeof value} cannot be bound to a statement`);
  }
}
