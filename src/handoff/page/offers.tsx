import { useRef, useState } from "preact/hooks";
import { listTransfers, type NewTransfer, rekey, type Transfer, withdraw } from "./api.ts";
import { Form } from "./form.tsx";
import { formatTimeLeft } from "./format.ts";
import { useAction, useClock, useInterval, useLoad } from "./hooks.ts";
import { offerLink } from "./link.ts";
import { type Column, List } from "./list.tsx";
import { t } from "./messages/messages.ts";
import { describeOutcome, type Outcome, outcomeOf } from "./outcome.ts";
import { Copyable, Dialog, Heading, Message, Name, OfferName, Time, usePages } from "./parts.tsx";

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
      <Heading>{t.offers.title}</Heading>
      {[...news.values()].map(({ transfer, outcome }) => (
        <Message key={transfer.id} kind="success">
          {t.outcomes.ofOffer(<Name name={transfer.name} id={transfer.id} />, describeOutcome(outcome))}
        </Message>
      ))}
      <List
        of={t.offers.items}
        page={data}
        error={error}
        empty={t.offers.empty}
        columns={COLUMNS}
        action={(transfer) => (
          <>
            <button
              type="button"
              class="secondary outline"
              aria-label={t.offers.newLinkFor(transfer.name ?? transfer.id)}
              onClick={() => setRenewing(transfer)}
            >
              {t.offers.newLink}
            </button>
            <button
              type="button"
              class="secondary outline"
              aria-label={t.offers.withdrawOffer(transfer.name ?? transfer.id)}
              onClick={() => setWithdrawing(transfer)}
            >
              {t.offers.withdraw}
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
  { title: t.offers.offer, cell: (transfer) => <OfferName transfer={transfer} /> },
  { title: t.offers.made, cell: ({ created_at }) => <Time value={created_at} /> },
  {
    title: t.offers.ends,
    cell: ({ expires_at }) =>
      expires_at === undefined ? (
        t.offers.noEnd
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
    title: t.offers.for,
    cell: ({ destination_project_id: recipient }) =>
      recipient === null ? t.offers.anybody : <code>{recipient}</code>,
  },
];

function NewLinkDialog({ transfer, onClose }: { transfer: Transfer; onClose: () => void }) {
  const [renewed, setRenewed] = useState<NewTransfer>();
  const renew = useAction(async () => setRenewed(await rekey(transfer.id)));
  return (
    <Dialog title={t.newLink.title} onClose={onClose}>
      {renewed === undefined ? (
        <Form action={renew} submit={t.newLink.submit} onCancel={onClose}>
          <p>{t.newLink.warning(<OfferTitle transfer={transfer} />)}</p>
        </Form>
      ) : (
        <>
          <p>{t.newLink.once}</p>
          <Copyable label={t.link.label} text={offerLink(renewed)} secret />
        </>
      )}
    </Dialog>
  );
}

function WithdrawDialog(props: { transfer: Transfer; onClose: () => void; onWithdrawn: () => void }) {
  const { transfer, onClose } = props;
  const take = useAction(async () => {
    await withdraw(transfer.id);
    props.onWithdrawn();
  });
  return (
    <Dialog title={t.withdraw.title} onClose={onClose}>
      <Form action={take} submit={t.withdraw.submit} onCancel={onClose}>
        <p>{t.withdraw.warning(<OfferTitle transfer={transfer} />)}</p>
      </Form>
    </Dialog>
  );
}

const OfferTitle = ({ transfer }: { readonly transfer: Transfer }) => (
  <strong>
    <Name name={transfer.name} id={transfer.id} />
  </strong>
);
