import { useRef, useState } from "preact/hooks";
import { listTransfers, type NewTransfer, rekey, type Transfer, withdraw } from "./api.ts";
import { formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import { offerLink } from "./link.ts";
import { type Column, List } from "./list.tsx";
import { describeOutcome, type Outcome, outcomeOf } from "./outcome.ts";
import { Copyable, Dialog, Heading, Message, Name, OfferName, Problem, Time, usePages } from "./parts.tsx";

/** Offers on a page, and how often it looks for changes, milliseconds. */
const PAGE = 10;
const POLL_MS = 5000;

/** The present state of an offer that the reader has seen open. */
interface News {
  readonly transfer: Transfer;
  readonly outcome: Outcome;
}

/** The open offers of the project. */
export function Offers() {
  const pages = usePages();
  const [withdrawing, setWithdrawing] = useState<Transfer>();
  const [renewing, setRenewing] = useState<Transfer>();
  const [news, setNews] = useState<ReadonlyMap<string, News>>(new Map());
  const tell = (transfer: Transfer, outcome: Outcome) =>
    setNews((before) => new Map(before).set(transfer.id, { transfer, outcome }));
  const seen = useRef<{ marker: string | undefined; items: readonly Transfer[] } | undefined>(undefined);
  const { data, error, reload } = useLoad(async () => {
    const { marker } = pages;
    const page = await pages.read((after) => listTransfers(PAGE, after));
    const before = seen.current?.marker === marker ? (seen.current?.items ?? []) : [];
    seen.current = { marker, items: page.items };
    const ids = new Set(page.items.map(({ id }) => id));
    for (const transfer of before.filter(({ id }) => !ids.has(id))) {
      const outcome = await outcomeOf(transfer);
      // It can also be on the next page now.
      if (outcome.status !== "open") tell(transfer, outcome);
    }
    return page;
  }, [pages.marker]);
  useInterval(reload, POLL_MS);
  useClock();
  return (
    <>
      <Heading>Open offers</Heading>
      {[...news.values()].map(({ transfer, outcome }) => (
        <Message key={transfer.id} kind="success">
          <Name name={transfer.name} id={transfer.id} />: {describeOutcome(outcome)}
        </Message>
      ))}
      <List
        of="offers"
        page={data}
        error={error}
        empty="Nothing is offered. Choose a volume to offer it."
        columns={COLUMNS}
        action={(transfer) => (
          <>
            <button
              type="button"
              class="secondary outline"
              aria-label={`New link for ${transfer.name ?? transfer.id}`}
              onClick={() => setRenewing(transfer)}
            >
              New link
            </button>
            <button
              type="button"
              class="secondary outline"
              aria-label={`Withdraw ${transfer.name ?? transfer.id}`}
              onClick={() => setWithdrawing(transfer)}
            >
              Withdraw
            </button>
          </>
        )}
        pager={pages.pager(data)}
      />
      {renewing !== undefined && <NewLinkDialog transfer={renewing} onClose={() => setRenewing(undefined)} />}
      {withdrawing !== undefined && (
        <WithdrawDialog
          transfer={withdrawing}
          onClose={() => setWithdrawing(undefined)}
          onWithdrawn={() => {
            tell(withdrawing, { status: "deleted" });
            setWithdrawing(undefined);
            reload();
          }}
        />
      )}
    </>
  );
}

const COLUMNS: [Column<Transfer>, ...Column<Transfer>[]] = [
  { title: "Offer", cell: (transfer) => <OfferName transfer={transfer} /> },
  { title: "Made", cell: ({ created_at }) => <Time value={created_at} /> },
  {
    title: "Ends",
    cell: ({ expires_at }) =>
      expires_at === undefined ? (
        "No end"
      ) : (
        <>
          {formatTimeLeft(expires_at)}
          <small>
            <Time value={expires_at} />
          </small>
        </>
      ),
  },
  {
    title: "For",
    cell: ({ destination_project_id: recipient }) =>
      recipient === null ? "Anybody with the link" : <code>{recipient}</code>,
  },
];

function NewLinkDialog(props: { transfer: Transfer; onClose: () => void }) {
  const { transfer } = props;
  const [renewed, setRenewed] = useState<NewTransfer>();
  const { busy, error, run } = useAction(async () => setRenewed(await rekey(transfer.id)));
  return (
    <Dialog title="Make a new link?" onClose={props.onClose}>
      <Problem message={error} />
      {renewed === undefined ? (
        <>
          <p>
            The link of{" "}
            <strong>
              <Name name={transfer.name} id={transfer.id} />
            </strong>{" "}
            that you sent before stops working.
          </p>
          <button type="button" aria-busy={busy} aria-disabled={busy} onClick={run}>
            Make a new link
          </button>
        </>
      ) : (
        <>
          <p>This is the only time that you see the link. Send it only to the recipient.</p>
          <Copyable label="Link" text={offerLink(renewed)} secret />
        </>
      )}
    </Dialog>
  );
}

function WithdrawDialog(props: { transfer: Transfer; onClose: () => void; onWithdrawn: () => void }) {
  const { transfer } = props;
  const { busy, error, run } = useAction(async () => {
    await withdraw(transfer.id);
    props.onWithdrawn();
  });
  return (
    <Dialog title="Withdraw the offer?" onClose={props.onClose}>
      <Problem message={error} />
      <p>
        The link of{" "}
        <strong>
          <Name name={transfer.name} id={transfer.id} />
        </strong>{" "}
        stops working, and the volume can be used again.
      </p>
      <button type="button" aria-busy={busy} aria-disabled={busy} onClick={run}>
        Withdraw
      </button>
    </Dialog>
  );
}
