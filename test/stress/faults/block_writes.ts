/**
 * Makes sqld reject or accept writes, through its admin API.
 *
 * @throws Error if the admin API rejects the request
 */
export async function blockWrites(adminUrl: string, block: boolean): Promise<void> {
  const response = await fetch(`${adminUrl}/v1/namespaces/default/config`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ block_reads: false, block_writes: block, block_reason: "fault test" }),
  });
  if (!response.ok) throw new Error(`sqld's admin API: ${response.status} ${await response.text()}`);
}
