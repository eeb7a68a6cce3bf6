import { serviceUnavailable } from "../http/faults.ts";
import { createRouter } from "../http/router.ts";
import { forward } from "./forward.ts";
import { findAway } from "./readiness.ts";

/** Requests below the paths of transfers that this service does not know: Cinder answers them. */
export const facade = createRouter().all("/*", (c) => {
  const { cinder } = c.get("config");
  return cinder === undefined ? c.notFound() : forward(c, cinder);
});

/** Whether a region that stands in front of a Cinder can serve. */
export const readiness = createRouter().get("/readyz", async (c) => {
  const away = await findAway(c.var);
  if (away.length === 0) return c.text("OK");
  throw serviceUnavailable(`Not answering in time: ${away.join(", ")}.`);
});
