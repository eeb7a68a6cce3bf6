import { createRouter } from "../http/router.ts";
import { forward } from "./forward.ts";

/** Requests below the paths of transfers that this service does not know: Cinder answers them. */
export const facade = createRouter().all("/*", (c) => {
  const { cinder } = c.get("config");
  return cinder === undefined ? c.notFound() : forward(c, cinder);
});
