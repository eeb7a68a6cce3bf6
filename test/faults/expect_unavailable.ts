import { expect } from "vitest";
import type { Answer } from "./client.ts";

/** Makes sure that an answer is OpenStack's 503, and says when to come again. */
export function expectUnavailable({ status, headers, body }: Answer): void {
  expect(status).toBe(503);
  expect(headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
  expect(headers.get("Content-Type")).toMatch(/^application\/json/);
  expect(Object.keys(body)).toEqual(["serviceUnavailable"]);
  expect(body.serviceUnavailable?.code).toBe(503);
  expect(body.serviceUnavailable?.message).toMatch(/Try again/);
}
