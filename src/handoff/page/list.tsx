import type { ComponentChildren } from "preact";
import type { Page } from "./api.ts";
import { t } from "./messages/messages.ts";
import { Pager, Problem } from "./parts.tsx";
import { Skeleton } from "./skeleton.tsx";

/** A column of a table. */
export interface Column<Item> {
  readonly title: string;
  readonly cell: (item: Item) => ComponentChildren;
}

interface ListProps<Item> {
  /** The name of the items, for messages: "volumes". */
  readonly of: string;
  /** Undefined while it loads, or if that has failed. */
  readonly page: Page<Item> | undefined;
  /** A sentence for the reader. */
  readonly error: string | undefined;
  /** Reads the page again. */
  readonly onRetry: () => void;
  /** The content of a list without items. */
  readonly empty: ComponentChildren;
  /** The first contains what names the item. */
  readonly columns: readonly [Column<Item>, ...Column<Item>[]];
  /** The button of an item, in a last column. */
  readonly action?: (item: Item) => ComponentChildren;
  /** The functions that go to other pages. */
  readonly pager: {
    readonly back: (() => void) | undefined;
    readonly next: (() => void) | undefined;
  };
}

/**
 * The content of a list without items, with a way on.
 *
 * @param props.text what would be listed, and how
 */
export const Empty = (props: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) => (
  <>
    <strong>{props.title}</strong>
    <p>{props.text}</p>
    {props.children}
  </>
);

/** A page of a list: a table, or on a phone a card for each item. */
export function List<Item extends { readonly id: string }>(props: ListProps<Item>) {
  const { of, page, error, empty, pager } = props;
  return (
    <>
      <Problem message={error} onRetry={props.onRetry} />
      {page === undefined && error === undefined && <Skeleton />}
      {page?.items.length === 0 && (
        <div class="empty" role="status">
          {empty}
        </div>
      )}
      {page !== undefined && page.items.length > 0 && <Table {...props} items={page.items} />}
      {page !== undefined && <Pager label={t.pagesOf(of)} {...pager} />}
    </>
  );
}

function Table<Item extends { readonly id: string }>({
  items,
  columns: [name, ...others],
  action,
}: Pick<ListProps<Item>, "columns" | "action"> & { readonly items: readonly Item[] }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          {[name, ...others].map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
          {action && (
            <th scope="col">
              <span class="hidden">{t.action}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id}>
            <th scope="row">{name.cell(item)}</th>
            {others.map(({ title, cell }) => (
              <td key={title} data-label={title}>
                <span>{cell(item)}</span>
              </td>
            ))}
            {action && <td class="action">{action(item)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
