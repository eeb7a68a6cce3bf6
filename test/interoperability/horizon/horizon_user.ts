import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import type { Transfer } from "../../support/client.ts";

/** A new transfer, as Horizon's page shows it. */
type Credentials = Pick<Transfer, "id" | "auth_key">;

interface SignIn {
  readonly name: string;
  readonly password: string;
  readonly region: string;
}

/** A person who uses Horizon in a browser with cookies of its own. */
export class HorizonUser {
  readonly #context: BrowserContext;
  readonly page: Page;
  readonly #url: string;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.page = page;
    this.#url = url;
  }

  /** Signs in on the form, and opens the volumes of a region. */
  static async signIn(
    url: string,
    browser: Browser,
    { name, password, region }: SignIn,
  ): Promise<HorizonUser> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: "en-GB" });
    context.setDefaultTimeout(60_000);
    const user = new HorizonUser(context, await context.newPage(), url);
    await user.page.goto(`${url}/auth/login/?next=/project/volumes/`);
    await user.page.getByLabel("User Name").fill(name);
    await user.page.getByLabel("Password", { exact: true }).fill(password);
    await user.page.getByRole("button", { name: "Sign In" }).click();
    await user.page.waitForURL(`${url}/project/volumes/`);
    await user.page.goto(`${url}/auth/switch_services_region/${region}/?next=/project/volumes/`);
    await user.openVolumes();
    return user;
  }

  async openVolumes(): Promise<void> {
    await this.page.goto(`${this.#url}/project/volumes/`);
    await this.page.getByRole("heading", { name: "Volumes", level: 1 }).waitFor();
  }

  /** Returns the row of a volume in the table of Project, Volumes. */
  row = (volume: string): Locator => this.page.getByRole("row").filter({ hasText: volume });

  /** Returns the errors that Horizon shows. */
  async errors(): Promise<string[]> {
    const texts = await this.page.locator(".alert-danger:visible p:visible").allInnerTexts();
    return texts.map((text) => text.trim().replaceAll(/^Error:\s*|\s*Details$/g, ""));
  }

  /** Waits for a message of Horizon, which does not stay. */
  reads = (text: string | RegExp) => this.page.locator(".alert").filter({ hasText: text }).waitFor();

  /** Creates a transfer of a volume on Horizon's form, and reads its id and its key from the page that follows. */
  async createTransfer(volume: string, name: string): Promise<Credentials> {
    await this.#choose(volume, "Create Volume Transfer");
    await this.page.getByLabel("Transfer Name").fill(name);
    await this.#confirm();
    const read = (label: string) => this.page.getByLabel(label).inputValue();
    return { id: await read("Transfer ID"), auth_key: await read("Authorization Key") };
  }

  /** Accepts a transfer on Horizon's form. */
  async acceptTransfer({ id, auth_key }: Credentials): Promise<void> {
    await this.openVolumes();
    await this.page.getByRole("link", { name: "Accept Volume Transfer" }).click();
    await this.page.getByLabel("Transfer ID").fill(id);
    await this.page.getByLabel("Authorization Key").fill(auth_key);
    await this.#confirm();
  }

  async cancelTransfer(volume: string): Promise<void> {
    await this.openVolumes();
    // Horizon asks for the status again, and replaces the row, which closes its menu.
    await this.row(volume).locator(".horizon-loading-bar").waitFor();
    await this.#choose(volume, "Cancel Volume Transfer");
    await this.#confirm();
  }

  close = () => this.#context.close();

  /** Chooses an action from the menu of a volume. */
  async #choose(volume: string, action: string): Promise<void> {
    await this.row(volume).locator(".dropdown-toggle").click();
    await this.row(volume).getByText(action).click();
  }

  /** Presses the button of the open dialog. */
  #confirm = () => this.page.locator(".modal-footer :is(.btn-primary, .btn-danger)").click();
}
