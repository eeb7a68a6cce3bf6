import * as z from "zod";
import { Client } from "../client.ts";
import type { Call } from "./load_generator.ts";

const PROJECTS = 10;
const VOLUMES = 1000;

const offer = z.object({ id: z.string(), volume_id: z.string(), auth_key: z.string() });
const answer = z.object({ transfer: offer });
type Offer = z.output<typeof offer>;

/**
 * Makes volumes, and what is asked of them: six reads to two offers and two requests that close one.
 *
 * @returns gives the next request
 */
export async function mixedLoad(url: string): Promise<() => Call> {
  const projects = Array.from({ length: PROJECTS }, (_, i) => `project${i}`);
  const anyone = () => projects[Math.floor(Math.random() * PROJECTS)] ?? "";
  const idle: { id: string; owner: string }[] = [];
  for (let i = 0; i < VOLUMES; i++) {
    const owner = anyone();
    idle.push({ id: await new Client(url, owner).volume(), owner });
  }
  const open: (Offer & { owner: string })[] = [];

  const close = (given: (typeof open)[number]): Call => {
    const { id, volume_id, auth_key, owner } = given;
    const withdraws = Math.random() < 0.3;
    const project = withdraws ? owner : anyone();
    return {
      project,
      ...(withdraws
        ? { method: "DELETE", path: `volume-transfers/${id}` }
        : { method: "POST", path: `volume-transfers/${id}/accept`, body: { accept: { auth_key } } }),
      onAnswer(status) {
        if (status === 202) idle.push({ id: volume_id, owner: project });
        // Nobody knows whether it took effect; where it did, the next attempt is a 404, and the volume is left alone.
        else if (status !== 404) open.push(given);
      },
    };
  };

  const offerOf = (volume: (typeof idle)[number]): Call => ({
    method: "POST",
    path: "volume-transfers",
    project: volume.owner,
    body: { transfer: { volume_id: volume.id } },
    onAnswer(status, body) {
      if (status === 202) open.push({ ...answer.parse(JSON.parse(body)).transfer, owner: volume.owner });
      else if (status !== 400) idle.push(volume);
    },
  });

  return () => {
    const dice = Math.random();
    if (dice < 0.4) return { method: "GET", path: "volumes?limit=10", project: anyone() };
    if (dice < 0.6) return { method: "GET", path: "volume-transfers?limit=10", project: anyone() };
    const volume = dice < 0.8 ? idle.shift() : undefined;
    if (volume !== undefined) return offerOf(volume);
    const offer = open.shift();
    return offer === undefined
      ? { method: "GET", path: "volumes/detail?limit=10", project: anyone() }
      : close(offer);
  };
}
