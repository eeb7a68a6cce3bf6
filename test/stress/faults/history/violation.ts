/** A contradiction between the responses of the service and the final content of the database. */
export interface Violation {
  readonly kind:
    | "lost accept"
    | "duplicate accept"
    | "lost create"
    | "duplicate create"
    | "lost delete"
    | "duplicate delete"
    | "lost decline"
    | "duplicate decline"
    | "lost rekey"
    | "duplicate rekey"
    | "accepted or declined without the key"
    | "failed request took effect"
    | "change without a request"
    | "transfer differs from its request"
    | "wrong recipient"
    | "closed after its expiry"
    | "expired too early"
    | "two owners"
    | "volume has the wrong owner"
    | "volume has the wrong status"
    | "snapshot has the wrong owner"
    | "usage is wrong"
    | "not linearizable";
  readonly detail: string;
}
