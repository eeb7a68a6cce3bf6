import { useRef, useState } from "preact/hooks";
import { listTransfers, type OpenTransfer } from "./api.ts";
import { useClock, useLoad } from "./hooks.ts";
import { type Column, Empty, List } from "./list.tsx";
import { useChanges } from "./live.ts";
import { t } from "./messages/messages.ts";
import { OfferActions } from "./offer_actions.tsx";
import { Ends, Receipt, Recipient, titleOf, VolumeLink } from "./offer_parts.tsx";
import { describeOutcome, outcomeOf } from "./outcome.ts";
import { Heading, Message, Time, usePages } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { offerAddress, viewAddress } from "./views.ts";

/** Offers on a page. */
const PAGE = 10;

/** The end of an offer that the reader has seen open. */
interface News {
  readonly transfer: OpenTransfer;
  readonly outcome: string;
}

/** The open offers of the project. */
export function Offers() {
  const pages = usePages();
  const [news, setNews] = useState<ReadonlyMap<string, News>>(new Map());
  const tell = (transfer: OpenTransfer, outcome: string) =>
    setNews((before) => new Map(before).set(transfer.id, { transfer, outcome }));
  const seen = useRef<{ marker: string | undefined; items: readonly OpenTransfer[] } | undefined>(undefined);
  const { data, error, reload } = useLoad(async () => {
    const { marker } = pages;
    const page = await pages.read((after) => listTransfers(PAGE, { marker: after }));
    const before = seen.current?.marker === marker ? (seen.current?.items ?? []) : [];
    seen.current = { marker, items: page.items };
    const ids = new Set(page.items.map(({ id }) => id));
    for (const transfer of before.filter(({ id }) => !ids.has(id))) {
      const outcome = await outcomeOf(transfer);
      // It can also be on the next page now.
      if (outcome.status !== "open") tell(transfer, describeOutcome(outcome));
    }
    return page;
  }, [pages.marker]);
  useChanges(reload);
  useClock();
  return (
    <>
      <Heading>{t.offers.title}</Heading>
      {[...news.values()].map(({ transfer, outcome }) => (
        <Message key={transfer.id} kind="success">
          {t.outcomes.ofOffer(
            <strong>
              <bdi>{titleOf(transfer)}</bdi>
            </strong>,
            outcome,
          )}
        </Message>
      ))}
      <List
        of={t.offers.items}
        page={data}
        error={error}
        onRetry={reload}
        empty={
          <Empty title={t.offers.empty} text={t.offers.emptyHelp}>
            <Link to={viewAddress("volumes")} button>
              {t.offers.choose}
            </Link>
          </Empty>
        }
        columns={COLUMNS}
        action={(transfer) => (
          <OfferActions
            transfer={transfer}
            onWithdrawn={() => {
              tell(transfer, t.outcomes.withdrawn);
              reload();
            }}
          />
        )}
        pager={pages.pager(data)}
      />
    </>
  );
}

const COLUMNS: [Column<OpenTransfer>, ...Column<OpenTransfer>[]] = [
  {
    title: t.offers.volume,
    cell: (transfer) => (
      <>
        <VolumeLink id={transfer.volume_id} name={transfer.volume.name} />
        <small>
          {t.offers.offer}{" "}
          <Link to={offerAddress("offers", transfer)}>
            <bdi>{transfer.name ?? transfer.id}</bdi>
          </Link>
        </small>
      </>
    ),
  },
  { title: t.offers.created, cell: ({ created_at }) => <Time value={created_at} /> },
  { title: t.offers.ends, cell: ({ expires_at }) => <Ends value={expires_at} /> },
  { title: t.offers.for, cell: (transfer) => <Recipient transfer={transfer} /> },
  { title: t.offers.lookedAt, cell: ({ last_preview }) => <Receipt value={last_preview} /> },
];
