import { member } from "../support/member.ts";
import { type Calls, idOf, OTHER_PROJECT, OWNER_PROJECT } from "./calls.ts";
import { CLOSED, OFFERED, seededId, TRANSFER } from "./seed.ts";

/** Calls every endpoint of transfers, on both of their paths. */
export async function everyTransferEndpoint({ call, measure, get, create, middle }: Calls): Promise<void> {
  for (const transfers of ["/volume-transfers", "/os-volume-transfer"]) {
    const deep = `marker=${seededId(TRANSFER, middle)}`;
    for (const query of [
      "",
      "/detail",
      "?limit=10",
      `?limit=10&${deep}`,
      `/detail?limit=10&${deep}`,
      `?limit=10&sort=created_at:asc&${deep}`,
      "?limit=10&sort=display_name:asc",
      `?limit=10&sort=display_name:asc&${deep}`,
      `?limit=10&sort=display_name:desc&${deep}`,
      "?limit=10&name=the+one",
      `?limit=10&name=the+one&sort=display_name:asc`,
      `?volume_id=${seededId(OFFERED, middle)}`,
      "?bogus=1",
    ]) {
      // A whole list grows with the project, up to OSAPI_MAX_LIMIT. Only its growth beyond that would be a defect.
      if (query.includes("?")) await get(transfers + query);
      else await get(`${transfers}${query}?limit=10`);
    }
    for (const query of [
      "?all_tenants=1&limit=10",
      `?all_tenants=1&limit=10&${deep}`,
      `?all_tenants=1&limit=10&sort=display_name:asc&${deep}`,
    ]) {
      await get(transfers + query, "admin");
    }
    await get(`${transfers}/${seededId(TRANSFER, middle)}`);
    await get(`${transfers}/${seededId(CLOSED, middle)}`);

    for (const query of [
      "?limit=10",
      `?limit=10&${deep}`,
      `/detail?limit=10&${deep}`,
      `?limit=10&sort=created_at:asc&${deep}`,
      `?limit=10&volume_id=${seededId(OFFERED, middle)}`,
      `?limit=10&source_project_id=${OWNER_PROJECT}&${deep}`,
      // The project has none of this one.
      "?limit=10&source_project_id=nobody",
    ]) {
      await get(`${transfers}/incoming${query}`, "other");
    }

    await get(`${transfers}/changes`);
    await get(`${transfers}/changes`, "other");

    const closed = `marker=${seededId(CLOSED, middle)}`;
    for (const query of [
      "?limit=10",
      `?limit=10&${closed}`,
      `?limit=10&sort=closed_at:asc&${closed}`,
      `?limit=10&volume_id=${seededId(OFFERED, middle)}`,
      `?limit=10&status=deleted&${closed}`,
      // The project has none.
      "?limit=10&status=expired",
      "?limit=10&status=declined",
    ]) {
      await get(`${transfers}/history${query}`);
    }
    await get(`${transfers}/history?all_tenants=1&limit=10&${closed}`, "admin");

    const volume_id = await create("/volumes", { volume: { size: 1, name: "to offer" } }, "volume");
    await create("/snapshots", { snapshot: { volume_id } }, "snapshot");
    let offer: { id: string; auth_key: string } | undefined;
    const offerIt = async () => {
      const answer = await call("owner", "POST", transfers, { transfer: { volume_id } });
      offer = offerOf(answer.body);
      return answer;
    };
    await measure(`POST ${transfers}`, offerIt);
    await measure(`POST ${transfers}: refused`, () =>
      call("owner", "POST", transfers, { transfer: { volume_id } }),
    );
    await measure(`DELETE ${transfers}/{id}`, () => call("owner", "DELETE", `${transfers}/${offer?.id}`));
    await measure(`DELETE ${transfers}/{id}: not found`, () =>
      call("owner", "DELETE", `${transfers}/${offer?.id}`),
    );
    await offerIt();
    const decline = (auth_key: string | undefined) => () =>
      call("other", "POST", `${transfers}/${offer?.id}/decline`, { decline: { auth_key } });
    await measure(`POST ${transfers}/{id}/decline: wrong key`, decline("0000000000000000"));
    await measure(`POST ${transfers}/{id}/decline`, decline(offer?.auth_key));
    await offerIt();
    await measure(`POST ${transfers}/{id}/rekey`, async () => {
      const answer = await call("owner", "POST", `${transfers}/${offer?.id}/rekey`);
      offer = offerOf(answer.body);
      return answer;
    });
    const preview = (auth_key: string | undefined) => () =>
      call("other", "POST", `${transfers}/${offer?.id}/preview`, { preview: { auth_key } });
    await measure(`POST ${transfers}/{id}/preview: wrong key`, preview("0000000000000000"));
    await measure(`POST ${transfers}/{id}/preview`, preview(offer?.auth_key));
    const accept = (auth_key: string | undefined) => () =>
      call("other", "POST", `${transfers}/${offer?.id}/accept`, { accept: { auth_key } });
    await measure(`POST ${transfers}/{id}/accept: wrong key`, accept("0000000000000000"));
    await measure(`POST ${transfers}/{id}/accept`, accept(offer?.auth_key));
    await measure(`POST ${transfers}/{id}/accept: again`, accept(offer?.auth_key));

    const another = await create("/volumes", { volume: { size: 1, name: "for a project" } }, "volume");
    const offerToProject = async () => {
      const answer = await call("owner", "POST", transfers, {
        transfer: { volume_id: another, destination_project_id: OTHER_PROJECT, require_key: false },
      });
      offer = offerOf(answer.body);
      return answer;
    };
    const withoutKey = (act: "accept" | "decline" | "preview", as: "other" | "owner" = "other") =>
      [
        `POST ${transfers}/{id}/${act} without a key${as === "owner" ? ": by another project" : ""}`,
        () => call(as, "POST", `${transfers}/${offer?.id}/${act}`, { [act]: {} }),
      ] as const;
    await measure(`POST ${transfers}: for a project`, offerToProject);
    await measure(...withoutKey("preview"));
    await measure(...withoutKey("decline", "owner"));
    await measure(...withoutKey("decline"));
    await measure(`POST ${transfers}/{id}/rekey: not found`, () =>
      call("owner", "POST", `${transfers}/${offer?.id}/rekey`),
    );
    await offerToProject();
    await measure(...withoutKey("accept", "owner"));
    await measure(...withoutKey("accept"));
  }
}

function offerOf(body: unknown): { id: string; auth_key: string } {
  const auth_key = member(member(body, "transfer"), "auth_key");
  if (typeof auth_key !== "string") throw new Error(`no auth_key in ${JSON.stringify(body)}`);
  return { id: idOf(body, "transfer"), auth_key };
}
