import * as z from "zod";
import type { Exchange } from "./exchange.ts";
import { Violation } from "./violations.ts";

/** Formats a response for the report. */
const gotOf = ({ status, text, headers }: Exchange): string =>
  `${status} ${text || headers.get("content-type") || "without a body"}`;

/** Asserts what a rule says of a response. */
export function expectThat(holds: boolean, expected: string, exchange: Exchange): asserts holds {
  if (!holds) throw new Violation(expected, gotOf(exchange), exchange);
}

/** Asserts the status of a response. */
export function expectStatus(exchange: Exchange, ...statuses: readonly [number, ...number[]]): void {
  expectThat(statuses.includes(exchange.status), statuses.join(" or "), exchange);
}

/** Asserts that a header has one value, or among its values this one. */
export function expectHeader(exchange: Exchange, name: string, value: string): void {
  const values = exchange.headers.get(name)?.split(/\s*,\s*/) ?? [];
  if (values.some((given) => given.toLowerCase() === value.toLowerCase())) return;
  throw new Violation(`${name}: ${value}`, values.join(", ") || `no ${name}`, exchange);
}

/** Asserts the status and the body of a response, and returns the body. */
export function expectBody<Schema extends z.ZodType>(
  exchange: Exchange,
  status: number,
  schema: Schema,
): z.output<Schema> {
  expectStatus(exchange, status);
  const { success, data, error } = schema.safeParse(exchange.json);
  if (success) return data;
  throw new Violation(`a body of the documented form`, z.prettifyError(error), exchange);
}

const FAULT_NAMES: Readonly<Record<number, string>> = {
  400: "badRequest",
  403: "forbidden",
  404: "itemNotFound",
  413: "overLimit",
  415: "badMediaType",
};
const faults = z.record(z.string(), z.looseObject({ code: z.number(), message: z.string().min(1) }));

/** Asserts that a response is an error of OpenStack: JSON with the name of the fault, its code and a message. */
export function expectFault(exchange: Exchange, status: number): void {
  const name = FAULT_NAMES[status];
  const form = `{"${name ?? "…"}": {"code": ${status}, "message": …}}`;
  expectThat(exchange.status === status, `${status} ${form}`, exchange);
  const [[given, fault] = [], ...others] = Object.entries(faults.safeParse(exchange.json).data ?? {});
  const named = name === undefined || name === given;
  expectThat(named && fault?.code === status && others.length === 0, `${status} ${form}`, exchange);
}
