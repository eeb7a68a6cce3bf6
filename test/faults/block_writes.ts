/** Has sqld refuse writes, or take them again, by way of its address for operators. */
export async function blockWrites(adminUrl: string, block_writes: boolean): Promise<void> {
  const response = await fetch(`${adminUrl}/v1/namespaces/default/config`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ block_reads: false, block_writes, block_reason: "a test" }),
  });
  if (!response.ok) throw new Error(`sqld's configuration: ${response.status} ${await response.text()}`);
}
