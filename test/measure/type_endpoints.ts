import { type Call, idOf, type Measure, OWNER_PROJECT } from "./calls.ts";

/** Calls every endpoint of volume types that changes one, and of their details. */
export async function everyTypeEndpoint(call: Call, measure: Measure): Promise<void> {
  let type = "";
  const send = (label: string, method: string, path = "", body?: unknown) =>
    measure(label, () => call("admin", method, `/types/${type}${path}`, body));
  await measure("POST /types", async () => {
    const answer = await call("admin", "POST", "/types", {
      volume_type: { name: `type ${crypto.randomUUID()}`, "os-volume-type-access:is_public": false },
    });
    type = idOf(answer.body, "volume_type");
    return answer;
  });
  await send("PUT /types/{id}", "PUT", "", { volume_type: { description: "d" } });
  await send("POST /types/{id}/action", "POST", "/action", { addProjectAccess: { project: OWNER_PROJECT } });
  await send("GET /types/{id}/os-volume-type-access", "GET", "/os-volume-type-access");
  await send("POST /types/{id}/extra_specs", "POST", "/extra_specs", { extra_specs: { a: "1" } });
  await send("GET /types/{id}/extra_specs", "GET", "/extra_specs");
  await send("PUT /types/{id}/extra_specs/{key}", "PUT", "/extra_specs/a", { a: "2" });
  await send("GET /types/{id}/extra_specs/{key}", "GET", "/extra_specs/a");
  await send("DELETE /types/{id}/extra_specs/{key}", "DELETE", "/extra_specs/a");
  await send("POST /types/{id}/encryption", "POST", "/encryption", {
    encryption: { provider: "luks", control_location: "front-end" },
  });
  await send("GET /types/{id}/encryption", "GET", "/encryption");
  await send("PUT /types/{id}/encryption/{id}", "PUT", "/encryption/any", { encryption: { cipher: "aes" } });
  await send("GET /types/{id}/encryption/{key}", "GET", "/encryption/cipher");
  await send("DELETE /types/{id}/encryption/{id}", "DELETE", "/encryption/any");
  await send("DELETE /types/{id}", "DELETE");
  await send("DELETE /types/{id}: not found", "DELETE");
}
