import { useState } from "preact/hooks";
import { listTransfers, type Transfer, withdraw } from "./api.ts";
import { formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import { type Column, List } from "./list.tsx";
import { describeOutcome, outcomeOf } from "./outcome.ts";
import { Dialog, Heading, Message, Name, OfferName, Problem, Time, usePages } from "./parts.tsx";

/** Offers on a page, and how often it looks for changes, milliseconds. */
const PAGE = 10;
const POLL_MS = 5000;

/** The open offers of the project. */
export function Offers() {
  const pages = usePages();
  const [withdrawing, setWithdrawing] = useState<Transfer>();
  const [news, setNews] = useState<readonly string[]>([]);
  const [withdrawn, setWithdrawn] = useState<readonly string[]>([]);
  const [seen, setSeen] = useState<readonly Transfer[]>([]);
  const { data, error, reload } = useLoad(async () => {
    const page = await listTransfers(PAGE, pages.marker);
    const closed = seen.filter(
      ({ id }) => !page.items.some((transfer) => transfer.id === id) && !withdrawn.includes(id),
    );
    // An offer can also be on another page now.
    for (const transfer of closed) {
      const outcome = await outcomeOf(transfer);
      if (outcome.status === "open") continue;
      setNews((before) => [...before, `${transfer.name ?? transfer.id}: ${describeOutcome(outcome)}`]);
    }
    setSeen(page.items);
    return page;
  }, [pages.marker, seen, withdrawn]);
  useInterval(reload, POLL_MS);
  useClock();
  return (
    <>
      <Heading>Open offers</Heading>
      {news.map((text) => (
        <Message key={text} kind="success">
          <bdi>{text}</bdi>
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
            setWithdrawn([...withdrawn, withdrawing.id]);
            setNews([
              ...news,
              `${withdrawing.name ?? withdrawing.id}: ${describeOutcome({ status: "deleted" })}`,
            ]);
            setWithdrawing(undefined);
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
        The link of <Name name={transfer.name} id={transfer.id} /> stops working, and the volume can be used
        again.
      </p>
      <button type="button" aria-busy={busy} aria-disabled={busy} onClick={run}>
        Withdraw
      </button>
    </Dialog>
  );
}
