import type { Refusal } from "./client.ts";

/** The exception classes of openstacksdk by status. Every other status is an `HttpException`. */
const CLASSES: Readonly<Record<number, string>> = { 400: "BadRequestException", 404: "NotFoundException" };

/** Returns the class of the exception that openstacksdk throws for a refusal. */
export const exceptionClass = ({ fault }: Refusal): string => CLASSES[fault.status] ?? "HttpException";

/**
 * Returns the text of the exception that openstacksdk throws for a refusal.
 *
 * @param path the rest of the URL, after the id of the transfer
 */
export const exceptionText = (refusal: Refusal, path = ""): string =>
  `${exceptionClass(refusal)}: ${refusal.fault.status}: ${clientErrorText(refusal, path)}`;

/** Returns the part of that text that names the URL and repeats the message of the service. */
export const clientErrorText = ({ endpoint, transfer, fault }: Refusal, path = ""): string =>
  `Client Error for url: ${endpoint}/volume-transfers/${transfer}${path}, ${fault.message}`;
