import type { Browser, BrowserContext, Locator, Page, Request } from "playwright-core";
import { expect } from "vitest";

/** The requests that the browser of a person has sent. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

interface PersonOptions {
  readonly phone?: boolean;
  /** The language of the browser. */
  readonly locale?: string;
}

/** Returns the button of the menu of the account. */
export const accountIn = (page: Page): Locator => page.locator("button[popovertarget]");

/** A person at a browser with cookies and storage of its own. */
export class Person {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly url: string;
  /** All requests of the browser, also those of other windows. */
  readonly sent: Sent[] = [];
  /** The output of scripts on the console, and their errors. */
  readonly console: string[] = [];

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.context = context;
    this.page = page;
    this.url = url;
    context.on("request", (request) => this.#record(request));
    context.on("console", (message) => this.console.push(`${message.type()}: ${message.text()}`));
    context.on("weberror", (error) => this.console.push(`exception: ${error.error().message}`));
  }

  /** @param service the URL of the service */
  static async at(
    service: string,
    browser: Browser,
    { phone = false, locale = "en-GB" }: PersonOptions = {},
  ): Promise<Person> {
    const context = await browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1200, height: 800 },
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
      timezoneId: "Europe/Berlin",
      locale,
    });
    context.setDefaultTimeout(30_000);
    return new Person(context, await context.newPage(), `${service}/handoff`);
  }

  /** Starts a browser, and signs in with AUTH_STRATEGY=noauth. */
  static async signedIn(
    service: string,
    browser: Browser,
    project: string,
    options?: PersonOptions,
  ): Promise<Person> {
    const person = await Person.at(service, browser, options);
    await person.open();
    await person.signInAs("alice", project);
    return person;
  }

  #record(request: Request): void {
    const { url, method, headers, postData } = {
      url: request.url(),
      method: request.method(),
      headers: request.headers(),
      postData: request.postData(),
    };
    this.sent.push({ url, method, headers, body: postData });
  }

  open = (url = this.url) => this.page.goto(url);
  button = (name: string | RegExp) => this.page.getByRole("button", { name });
  press = (name: string | RegExp) => this.button(name).click();
  /** Presses a button of the dialog, whose name others may have, too. */
  confirm = (name: string) =>
    this.page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  type = (label: string, text: string) => this.page.getByLabel(label, { exact: true }).fill(text);

  /** Ends the session behind the page's back. */
  endSession = () =>
    this.page.evaluate(`fetch("handoff/session", { method: "DELETE", headers: { "X-Handoff": "1" } })`);

  /** Waits for a view, by its heading. */
  sees = (heading: string | RegExp) =>
    this.page.getByRole("heading", { name: heading, level: 1 }).waitFor({ state: "visible" });

  /** Waits for a text. */
  reads = (text: string | RegExp) => this.page.getByText(text).first().waitFor({ state: "visible" });

  /** Goes to a view by its tab. */
  goTo = (view: string) => this.page.getByRole("link", { name: view, exact: true }).click();

  #account = () => accountIn(this.page);

  /** Opens the menu of the account. */
  openAccount = () => this.#account().click();

  /** Chooses something in the menu of the account. */
  async choose(item: string): Promise<void> {
    await this.openAccount();
    await this.press(item);
  }

  /** Signs in with AUTH_STRATEGY=noauth. */
  async signInAs(user: string, project: string): Promise<void> {
    await this.type("User", user);
    await this.type("Project", project);
    await this.press("Sign in");
    await this.#account().waitFor();
  }

  /** Signs in with a password of Keystone. */
  async signInWith(user: string, password: string): Promise<void> {
    await this.type("User name", user);
    await this.type("Password", password);
    await this.press("Sign in");
    await this.button(new RegExp(`^${user} in project`)).waitFor();
  }

  /**
   * Offers a volume by its name, and copies the link.
   *
   * @returns the link of the offer
   */
  async offer(volume: string): Promise<string> {
    await this.press(`Offer ${volume}`);
    await this.type("Name of the offer (optional)", "handoff");
    await this.press("Make the offer");
    await this.sees("Your offer");
    await this.press("Copy: Link");
    return this.page.getByLabel("Link", { exact: true }).inputValue();
  }

  async look(): Promise<void> {
    await this.press("Look at the offer");
    await this.sees("Accept this volume?");
  }

  async accept(): Promise<void> {
    await this.press(/^Accept$/);
    await this.sees("The volume is yours");
  }

  /** Moves the focus with the Tab key alone. */
  async tabTo(
    name: string | RegExp,
    role: "button" | "link" | "textbox" | "radio" | "checkbox" = "button",
  ): Promise<void> {
    const target = this.page.getByRole(role, { name, exact: typeof name === "string" }).first();
    await target.waitFor();
    await this.#focusRests();
    for (let n = 0; n < 60; n++) {
      await this.page.keyboard.press("Tab");
      if (await target.evaluate((element) => element.matches(":focus"))) return;
    }
    throw new Error(`the Tab key does not reach ${name}`);
  }

  /** Types into a field that is reached with the Tab key. */
  async tabAndType(label: string, text: string): Promise<void> {
    const field = this.page.getByLabel(label, { exact: true });
    await field.waitFor();
    await this.#focusRests();
    for (let n = 0; n < 60; n++) {
      await this.page.keyboard.press("Tab");
      if (await field.evaluate((element) => element.matches(":focus"))) return this.page.keyboard.type(text);
    }
    throw new Error(`the Tab key does not reach ${label}`);
  }

  /** Waits until a new view has given the focus to its heading, or a dialog to its first button. */
  #focusRests = () => this.page.waitForFunction("document.activeElement !== document.body");

  async tabAndPress(name: string | RegExp, role: "button" | "link" = "button"): Promise<void> {
    await this.tabTo(name, role);
    await this.page.keyboard.press("Enter");
  }

  /**
   * Asserts that the browser has sent requests to the service only, and that no script has failed.
   *
   * @param others further origins that are allowed
   */
  expectNothingUnexpected(others: readonly string[] = []): void {
    const allowed = [new URL(this.url).origin, ...others];
    expect(
      this.sent.map(({ url }) => new URL(url).origin).filter((origin) => !allowed.includes(origin)),
    ).toEqual([]);
    expect(this.sent.length).toBeGreaterThan(3);
    // A quick test gives the focus to a field of a provider's form before its autofocus is due.
    const expected = /Failed to load resource|^verbose: |^info: Autofocus processing was blocked/;
    expect(this.console.filter((line) => !expected.test(line))).toEqual([]);
  }

  close = () => this.context.close();
}
