import { setTimeout as sleep } from "node:timers/promises";
import { head, withSockets } from "../sockets.ts";
import { type Attack, assert } from "../target.ts";

const HOLD_MS = 5000;

export const connections: readonly Attack[] = [
  {
    name: "300 downloads of the documentation that nobody reads",
    before: "738 MB",
    d1: true,
    run: ({ port }) =>
      withSockets(port, 300, async (sockets) => {
        for (const socket of sockets) {
          socket.pause();
          socket.write(head("GET", "/docs/swagger-ui-bundle.js", {}));
        }
        await sleep(HOLD_MS);
        return "held for 5 s";
      }),
  },
  {
    name: "200 lists of 500 volumes that nobody reads",
    before: "324 MB",
    async run({ url, port, as }) {
      const headers = as("lists");
      for (let i = 0; i < 500; i++) {
        const response = await fetch(`${url}/v3/volumes`, {
          method: "POST",
          headers: { ...headers, "Content-Type": "application/json" },
          body: JSON.stringify({ volume: { size: 1, description: "d".repeat(255) } }),
        });
        assert(response.status === 202, `status ${response.status}`);
      }
      return withSockets(port, 200, async (sockets) => {
        for (const socket of sockets) {
          socket.pause();
          socket.write(head("GET", "/v3/volumes/detail?limit=500", headers));
        }
        await sleep(HOLD_MS);
        return "held for 5 s";
      });
    },
  },
  {
    name: "2,000 connections that send nothing, and 500 half a request",
    before: "not measured",
    d1: true,
    run: ({ port }) =>
      withSockets(port, 2500, async (sockets) => {
        for (const socket of sockets.slice(0, 500)) socket.write("GET /v3/volumes HTTP/1.1\r\nHost: a\r\nX-");
        await sleep(HOLD_MS);
        return "held for 5 s";
      }),
  },
  {
    name: "20 connections with 500 pipelined requests each",
    before: "not measured",
    run: ({ port, as }) =>
      withSockets(port, 20, async (sockets) => {
        let bytes = 0;
        for (const socket of sockets) {
          socket.on("data", (chunk) => {
            bytes += chunk.length;
          });
          socket.write(head("GET", "/v3/volume-transfers", as("attacker")).repeat(500));
        }
        await sleep(HOLD_MS);
        assert(bytes > 0, "no response");
        return `${Math.round(bytes / 1000)} KB of responses`;
      }),
  },
  {
    name: "240 connections that are reset at every moment of a request, of which 48 may be in flight",
    before: "503 for everybody, for good",
    variables: { MAX_REQUESTS_IN_FLIGHT: "48" },
    async run({ url, port, as }) {
      const body = JSON.stringify({ volume: { size: 1 } });
      const headers = {
        ...as("attacker"),
        "Content-Type": "application/json",
        "Content-Length": body.length,
      };
      const whole = head("POST", "/v3/volumes", headers) + body;
      // At every moment: before the request, within its head and its body, and after it.
      for (const length of [
        0,
        10,
        whole.length - body.length - 2,
        whole.length - 5,
        whole.length,
        whole.length,
      ]) {
        await withSockets(port, 40, async (sockets) => {
          for (const socket of sockets) socket.write(whole.slice(0, length));
          await sleep(length === whole.length ? 0 : 20);
          for (const socket of sockets) socket.resetAndDestroy();
        });
      }
      await sleep(500);
      const { status } = await fetch(`${url}/v3/volumes`, { headers: as("somebody") });
      assert(status === 200, `status ${status}`);
      return "others are answered";
    },
  },
  {
    name: "1,000 connections that send requests one after the other",
    before: "not measured",
    run: ({ port, as }) =>
      withSockets(port, 1000, async (sockets) => {
        const request = head("GET", "/healthcheck", as("attacker"));
        let answers = 0;
        for (const socket of sockets) {
          socket.on("data", () => {
            answers++;
            // A second for each connection: otherwise the attack would only measure the machine.
            setTimeout(() => socket.writable && socket.write(request), 1000);
          });
          socket.write(request);
        }
        await sleep(HOLD_MS);
        assert(answers > 1000, `${answers} responses`);
        return `${answers} responses`;
      }),
  },
];
