import type { Results } from "../results.ts";
import { bundleSizeSection } from "./bundle_size_section.ts";
import { cinderSection } from "./cinder_section.ts";
import { costSection } from "./cost_section.ts";
import { deliverySection } from "./delivery_section.ts";
import { distanceSection } from "./distance_section.ts";
import { eventsSection } from "./events_section.ts";
import { growthSection } from "./growth_section.ts";
import { limitsSection } from "./limits_section.ts";
import { profileSection } from "./profile_section.ts";
import { regionsSection } from "./regions_section.ts";
import { roundTripsSection } from "./round_trips_section.ts";
import { farAwaySection, throughputSection } from "./throughput_section.ts";
import { writesSection } from "./writes_section.ts";

const SECTIONS = [
  throughputSection,
  farAwaySection,
  eventsSection,
  deliverySection,
  profileSection,
  writesSection,
  cinderSection,
  roundTripsSection,
  growthSection,
  regionsSection,
  bundleSizeSection,
  distanceSection,
  costSection,
  limitsSection,
];

const INTRODUCTION =
  "`npm run bench` measures the service and writes this document and [performance.json](performance.json). Ratios compare measurements of one run on one machine. An absolute figure depends on the machine. `npm run bench -- --quick` runs every benchmark for a short time and changes no document.";

/** Formats the report, and returns its files by name: `performance.md` and its charts. */
export function formatReport(results: Results): Record<string, string> {
  const sections = SECTIONS.map((section) => section(results));
  const paragraphs = ["# Performance", INTRODUCTION, ...sections.flatMap((section) => section.paragraphs)];
  const charts = sections.map((section) => section.charts ?? {});
  return Object.assign({ "performance.md": `${paragraphs.join("\n\n")}\n` }, ...charts);
}
