import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Service } from "../../support/service.ts";
import { startBrowser } from "./chromium.ts";
import { startPageService } from "./page_service.ts";

let browser: Browser;
let service: Service;
beforeAll(async () => {
  browser = await startBrowser();
  service = await startPageService();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** Enters a token, in place of the one before. */
async function authorize(page: Page, token: string): Promise<void> {
  await page.locator(".auth-wrapper .authorize").first().click();
  const dialog = page.locator(".dialog-ux");
  const logout = dialog.locator("button", { hasText: "Logout" });
  await dialog.locator("button.auth").first().waitFor();
  if (await logout.isVisible()) await logout.click();
  await dialog.locator("input").fill(token);
  await dialog.locator("button.authorize").click();
  await dialog.getByRole("button", { name: "Close" }).last().click();
}

/** Executes an operation with what the page has filled in, and returns the status. */
async function tryOut(page: Page, tag: string, operation: string, project?: string): Promise<string | null> {
  const section = page.locator(`#operations-${tag}-${operation}`);
  await section.locator(".opblock-summary-control").click();
  await section.locator("button.try-out__btn").click();
  if (project !== undefined) await section.locator('tr[data-param-name="project_id"] input').fill(project);
  await section.locator("button.execute").click();
  return section.locator(".live-responses-table .response .response-col_status").first().textContent();
}

it('"Try it out" hands a volume over with the examples of the page', async () => {
  const page = await browser.newPage();
  await page.goto(`${service.url}/docs`);
  await authorize(page, "alice:alpha");
  expect(await tryOut(page, "volumes", "createVolume")).toMatch(/^202/);
  expect(await tryOut(page, "snapshots", "createSnapshot")).toMatch(/^202/);
  expect(await tryOut(page, "volume-transfers", "createTransfer")).toMatch(/^202/);
  expect(await tryOut(page, "volume-transfers", "showTransfer")).toMatch(/^200/);
  await authorize(page, "bob:beta");
  expect(await tryOut(page, "volume-transfers", "previewTransfer", "beta")).toMatch(/^200/);
  expect(await tryOut(page, "volume-transfers", "acceptTransfer", "beta")).toMatch(/^202/);
  expect(await tryOut(page, "volumes", "showVolume", "beta")).toMatch(/^200/);
  // The newest microversion is selected: before 3.65 there is no such field.
  await expect
    .poll(() => page.locator("#operations-volumes-showVolume .live-responses-table").textContent())
    .toContain("consumes_quota");
});
