import { useRef, useState } from "preact/hooks";
import { listTransfers, type Transfer, withdraw } from "./api.ts";
import { formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import { type Column, List } from "./list.tsx";
import { describeOutcome, type Outcome, outcomeOf } from "./outcome.ts";
import { Dialog, Heading, Message, Name, OfferName, Problem, Time, usePages } from "./parts.tsx";

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
          <button
            type="button"
            class="secondary outline"
            aria-label={`Withdraw ${transfer.name ?? transfer.id}`}
            onClick={() => setWithdrawing(transfer)}
          >
            Withdraw
          </button>
        )}
        pager={pages.pager(data)}
      />
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
