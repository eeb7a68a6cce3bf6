import { clientOf, hesitate, isDefinite, isWrongKey, type Scenario } from "./scenario.ts";

/** A create is repeated with its Idempotency-Key: there is one transfer, whose last key is right. */
export const repeatedCreates: Scenario = async (stage) => {
  const { random, fail, volumes } = stage;
  const volume_id = volumes[1] ?? "";
  const alpha = clientOf("alpha");
  const idempotencyKey = crypto.randomUUID();
  const create = () =>
    alpha.send(
      "POST",
      "volume-transfers",
      { transfer: { volume_id } },
      { "Idempotency-Key": idempotencyKey },
    );
  const answers = await Promise.all(
    Array.from({ length: random.between(1, 3) }, async () => {
      await hesitate(stage, 2000);
      return create();
    }),
  );
  await hesitate(stage, 2000);
  const last = await create();
  const created = [...answers, last].filter(({ status }) => status === 202);
  const ids = new Set(created.map(({ body }) => body.transfer.id));
  if (ids.size > 1) fail(`repeated creates: ${ids.size} transfers with one Idempotency-Key`);
  if (last.status !== 202 || !answers.every(isDefinite)) return;
  // The project takes its own volume back, so that it could offer it again.
  const accepted = await alpha.accept(last.body.transfer);
  if (isWrongKey(accepted)) fail("repeated creates: the last key is refused");
  if (accepted.status !== 202) return;
  const again = await create();
  if (again.status === 202) fail("repeated creates: an Idempotency-Key has created a second transfer");
};
