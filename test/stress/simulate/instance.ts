import service from "../../../src/index.ts";
import { Scope, scopes } from "./scheduler.ts";

/** An instance of the Worker, or the process of `npm run serve`. */
export class Instance {
  readonly scope: Scope;
  readonly #bindings: object;
  #scopes = 0;

  /** @param bindings makes the bindings of an instance */
  constructor(name: string, skewMs: number, bindings: (scope: Scope) => object) {
    this.scope = new Scope(name, skewMs);
    this.#bindings = bindings(this.scope);
  }

  /** Makes the scope of a request, or of a job. */
  newScope = (): Scope => new Scope(`${this.scope.name}.${++this.#scopes}`, this.scope.skewMs, this.scope);

  /** Answers a request. It never returns if the scope ends. */
  fetch(request: Request, scope: Scope): Promise<Response> {
    return scopes.run(scope, () =>
      service.fetch(request, this.#bindings, {
        // What goes on after the response stays in the scope of the request.
        waitUntil: () => {},
        passThroughOnException: () => {},
        props: {},
      }),
    );
  }

  /** Runs the job of each minute. */
  sweep(): Promise<void> {
    return scopes.run(this.newScope(), () => service.scheduled(undefined, this.#bindings));
  }
}
