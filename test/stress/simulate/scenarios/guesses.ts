import type { ServiceResponse, Transfer } from "../../../support/client.ts";
import { clientOf, isWrongKey, offer, persist, type Scenario, type Stage, withWrongKey } from "./scenario.ts";

/** Projects guess a key: one after its last attempt cannot accept any more, another can, and after a new key all can. */
export const guesses: Scenario = async (stage) => {
  const { attempts } = stage.profile;
  const [volume = ""] = stage.volumes;
  const transfer = attempts && (await offer(volume));
  if (attempts === undefined || transfer === undefined) return;
  const { ofProject, ofAll } = attempts;
  const isFair = () => stage.isFaultless() && stage.profile.hasOneSecret;
  const [beta, delta] = [await guess(stage, "beta", transfer), await guess(stage, "delta", transfer)];
  // Guesses beyond the limit of a project count for it alone.
  const counted = Math.min(beta.counted, ofProject) + Math.min(delta.counted, ofProject);
  const possible = Math.min(beta.sent, ofProject) + Math.min(delta.sent, ofProject);
  const answer = await clientOf("beta").accept(transfer);
  if (answer.status === 202 && (beta.counted >= ofProject || counted >= ofAll))
    stage.fail(`guesses: accepted after ${beta.counted} wrong keys, and ${counted} of all`);
  if (isWrongKey(answer) && beta.sent < ofProject && possible < ofAll && isFair())
    stage.fail(`guesses: the right key is refused after ${beta.sent} wrong keys, and ${possible} of all`);
  if (answer.status !== 202 && !isWrongKey(answer)) return;
  if (answer.status === 202) return;
  const friend = await clientOf("gamma").accept(transfer);
  if (friend.status === 202 && counted >= ofAll)
    stage.fail(`guesses: accepted after ${counted} wrong keys of all`);
  if (isWrongKey(friend) && possible < ofAll && isFair())
    stage.fail(`guesses: a project is shut out by ${possible} wrong keys of others`);
  if (!isWrongKey(friend)) return;
  const rekeyed = await persist(stage, () =>
    clientOf("alpha").send("POST", `volume-transfers/${transfer.id}/rekey`),
  );
  if (rekeyed === undefined) return;
  const again = await clientOf("beta").accept(rekeyed.body.transfer);
  if (isWrongKey(again) && isFair()) stage.fail("guesses: the new key is refused");
};

/** Sends wrong keys at once: accepts, previews and declines. */
async function guess(stage: Stage, project: string, transfer: Transfer) {
  const { random } = stage;
  const client = clientOf(project);
  const { id, auth_key } = withWrongKey(transfer);
  const sent = random.between(0, (stage.profile.attempts?.ofProject ?? 0) + 2);
  const acts: readonly (() => Promise<ServiceResponse>)[] = [
    () => client.accept({ id, auth_key }),
    () => client.send("POST", `volume-transfers/${id}/preview`, { preview: { auth_key } }),
    () => client.send("POST", `volume-transfers/${id}/decline`, { decline: { auth_key } }),
  ];
  const answers = await Promise.all(Array.from({ length: sent }, () => random.pick(acts)()));
  return { sent, counted: answers.filter(isWrongKey).length };
}
