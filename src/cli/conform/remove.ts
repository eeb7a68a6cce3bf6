import type { Caller } from "./connection.ts";

/** What became of a deletion: `pending` if it can be repeated, `refused` if that has no use. */
type Removal = "gone" | "pending" | "refused";

/** Deletes something. */
export async function remove(user: Caller, path: string): Promise<Removal> {
  const { status } = await user.delete(path);
  if (status === 404 || [403, 404].includes((await user.get(path)).status)) return "gone";
  return [401, 403, 405].includes(status) ? "refused" : "pending";
}

/** Deletes something as each user. It is gone if none finds it any more. */
export async function removeAs(users: readonly Caller[], path: string): Promise<Removal> {
  const removals: Removal[] = [];
  for (const user of users) removals.push(await remove(user, path));
  return (
    removals.find((removal) => removal === "refused") ?? removals.find((one) => one !== "gone") ?? "gone"
  );
}
