import path from "node:path";
import { expect, it } from "vitest";
import { runCommand, startCommand } from "../../support/command.ts";
import { describeLifecycle, listVolumes } from "./lifecycle.ts";

describeLifecycle("serve", "a file", {
  ofBackup: ({ folder, backup, before }) => {
    // `npm start` creates volumes of its own, so that its database is never empty.
    it("can be restored while the service runs, if its database is empty", async () => {
      const DATA_DIR = path.join(folder, "running");
      const { url, stop } = await startCommand("serve", { DATA_DIR });
      try {
        expect(await runCommand("restore", [backup], { DATA_DIR })).toMatchObject({ code: 0 });
        expect(await listVolumes(url, before().project)).toEqual(before().volumes);
      } finally {
        await stop();
      }
    });
  },
});
