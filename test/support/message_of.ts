import { expect } from "vitest";
import type { ServiceResponse } from "./client.ts";
import { member, textOf } from "./member.ts";

/** Expects a response to be a fault of this status, and returns its message. */
export function messageOf(status: number, response: ServiceResponse): string {
  const [fault] = Object.values(response.body);
  expect({ status: response.status, code: member(fault, "code") }).toEqual({ status, code: status });
  return textOf(fault, "message");
}
