import { locale } from "./messages/language.ts";
import { t } from "./messages/messages.ts";

// Times of the API are UTC without a zone; the reader sees them in their own.

const dateTime = new Intl.DateTimeFormat(locale, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
const number = new Intl.NumberFormat(locale);

/** Parses a time of the API, milliseconds since the epoch. */
const parseTime = (time: string): number => Date.parse(time.endsWith("Z") ? time : `${time}Z`);

/** Formats a time of the API in the reader's zone. */
export const formatTime = (time: string): string => dateTime.format(parseTime(time));

/** Formats the time until a time of the API, or since it: "in 3 hours", "5 minutes ago". */
export function formatRelative(time: string): string {
  const minutes = (parseTime(time) - Date.now()) / 60_000;
  const distance = Math.abs(minutes);
  if (distance < 1 && minutes < 0) return t.time.justNow;
  if (distance < 90) return relative.format(Math.ceil(minutes), "minute");
  if (distance < 36 * 60) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}

/** Formats the time until the end of an offer. */
export const formatTimeLeft = (time: string): string =>
  parseTime(time) <= Date.now() ? t.time.ended : formatRelative(time);

const formatNumber = (value: number): string => number.format(value);

/** Formats a size, GiB: Intl has no such unit. */
export const formatSize = (gigabytes: number): string => `${formatNumber(gigabytes)} GiB`;

/** Formats a number of snapshots with their size, GiB. */
export const formatSnapshots = (count: number, gigabytes: number): string =>
  t.snapshots(count, formatSize(gigabytes));
