import { type Service, startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";

/** Starts the service with AUTH_STRATEGY=noauth, for commands outside of vitest. */
export const startPageService = (): Promise<Service> =>
  startLibsqlService({ ...NO_QUOTA, AUTH_STRATEGY: "noauth" });
