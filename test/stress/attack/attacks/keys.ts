import { Client } from "../../../support/client.ts";
import { type Attack, assert } from "../target.ts";

const WRONG_KEY = "0123456789abcdef";

/** Creates a transfer of a new project. */
async function offer(url: string, properties: object = {}) {
  const donor = new Client(url);
  const { body } = await donor.createTransfer(await donor.createVolume(), properties);
  return body.transfer;
}

export const keys: readonly Attack[] = [
  {
    name: "900 wrong keys of 45 projects at once",
    before: "the transfer ends after ten, for everybody",
    d1: true,
    async run({ url }) {
      const transfer = await offer(url);
      const guessers = Array.from({ length: 45 }, () => new Client(url, { tolerant: true }));
      let refused = 0;
      await Promise.all(
        guessers.map(async (guesser) => {
          for (let i = 0; i < 20; i++) {
            const { status } = await guesser.accept({ id: transfer.id, auth_key: WRONG_KEY });
            if (status !== 202) refused++;
          }
        }),
      );
      assert(refused === 900, `${refused} of 900 refused`);
      const { status } = await new Client(url).accept(transfer);
      assert(status === 202, `the recipient got ${status}`);
      return "all refused; then the recipient accepts";
    },
  },
  {
    name: "1,100 wrong keys of one project",
    before: "1,000 in 7 s end the transfer for everybody",
    d1: true,
    async run({ url }) {
      const transfer = await offer(url);
      const guesser = new Client(url, { tolerant: true });
      const guess = async () => {
        for (let i = 0; i < 110; i++) await guesser.accept({ id: transfer.id, auth_key: WRONG_KEY });
      };
      await Promise.all(Array.from({ length: 10 }, guess));
      const { status } = await new Client(url).accept(transfer);
      assert(status === 202, `the recipient got ${status}`);
      return "the project is shut out; then the recipient accepts";
    },
  },
  {
    name: "100 wrong keys for a transfer that is bound to another project",
    before: "they end the transfer",
    d1: true,
    async run({ url }) {
      const recipient = new Client(url);
      const transfer = await offer(url, { destination_project_id: recipient.project });
      const stranger = new Client(url);
      for (let i = 0; i < 100; i++) await stranger.accept({ id: transfer.id, auth_key: WRONG_KEY });
      const { status } = await recipient.accept(transfer);
      assert(status === 202, `the recipient got ${status}`);
      return "not counted; then the recipient accepts";
    },
  },
  {
    name: "another `AUTH_KEY_SECRET`",
    before: "right keys count as wrong ones",
    async run({ url, startCopy }) {
      const transfer = await offer(url);
      const refusal = await startCopy({ AUTH_KEY_SECRET: "another secret of thirty-two bytes" }).then(
        () => "it starts",
        String,
      );
      assert(refusal.includes("AUTH_KEY_SECRET is not the secret"), refusal);
      const { status } = await new Client(url).accept(transfer);
      assert(status === 202, `the recipient got ${status}`);
      return "does not start, and names the variable";
    },
  },
];
