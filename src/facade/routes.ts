import { createRouter } from "../http/router.ts";
import { forward } from "./forward.ts";

/** Transfers in a region that stands in front of a Cinder, under both of their paths. */
export const facade = createRouter().all("/*", (c) => {
  const { cinder } = c.get("config");
  return cinder === undefined ? c.notFound() : forward(c, cinder);
});
