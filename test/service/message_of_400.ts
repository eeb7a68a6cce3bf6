import { expect } from "vitest";
import type { ServiceResponse } from "../support/client.ts";

/** Expects a response to be a 400, and returns its message. */
export function messageOf400({ status, body }: ServiceResponse): string | undefined {
  expect(status).toBe(400);
  return body.badRequest?.message;
}
