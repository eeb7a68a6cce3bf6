import { expect } from "vitest";
import type { ServiceResponse } from "../../support/client.ts";

/** Asserts that a response is OpenStack's fault for 503, with a `Retry-After` header. */
export function expectUnavailable({ status, headers, body }: ServiceResponse): void {
  expect(status).toBe(503);
  expect(headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
  expect(headers.get("Content-Type")).toMatch(/^application\/json/);
  expect(Object.keys(body)).toEqual(["serviceUnavailable"]);
  expect(body.serviceUnavailable?.code).toBe(503);
  expect(body.serviceUnavailable?.message).toMatch(/Try again/);
}
