// Looks at the page of the API with a browser and takes the walk on it, by mouse and by keyboard, light and dark.
//
//     node page.mjs URL FOLDER        URL of a demo server with its prefix, FOLDER for screenshots
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [url, pictures] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "attache-page-"));
const problems = [];

const context = await chromium.launchPersistentContext(profile, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
  viewport: { width: 1200, height: 900 },
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(20_000);
  page.on("console", (message) => {
    // The walk makes one login fail on purpose.
    const expected = message.text().includes("status of 400") || message.text().includes("status of 401");
    if (["error", "warning"].includes(message.type()) && !expected) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) problems.push(`asks ${request.url()}`);
  });

  // The list.
  const answer = await page.goto(`${url}/docs`);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()["content-security-policy"], /default-src 'none'/);
  const description = await (await page.request.get(`${url}/docs/openapi.json`)).json();
  const served = Object.values(description.paths).flatMap((methods) => Object.keys(methods)).length;
  await page.getByText(`${served} operations`, { exact: true }).waitFor();
  assert.equal(await page.locator(".operation").count(), served);
  await page.getByLabel("Show those with").fill("insert post");
  await page.getByText("1 operation", { exact: true }).waitFor();
  const insert = page.locator(".operation:visible");
  await insert.locator("summary").first().click();
  await insert.getByText("isInlineAttachment").waitFor();
  await insert.scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(pictures, "operation.png") });
  await page.getByLabel("Show those with").fill("");
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(pictures, "begin.png") });

  // A wrong password is said.
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("#log-in-result .bad").waitFor();

  // The walk, by keyboard alone.
  await page.getByLabel("Password").focus();
  await page.keyboard.type("demo");
  await page.keyboard.press("Enter");
  await page.getByText("is logged in").waitFor();
  await page.locator("#insert option").first().waitFor({ state: "attached" });
  await page.getByLabel("To", { exact: true }).focus();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Begin an email");
  await page.keyboard.press("Enter");
  await page.getByText("was begun").waitFor();
  await page.locator("#messages .emailContentsMessage").first().waitFor();
  await page.getByLabel("Library file").focus();
  await page.keyboard.type("Logo");
  const chosen = await page.getByLabel("Library file").evaluate((select) => select.selectedOptions[0].textContent);
  const name = chosen.split(" / ").pop();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Inserted, and on disk").waitFor();
  await page.getByText("Its Content-ID is").waitFor();
  await page.locator("#messages").getByText(new RegExp(`with ${name.replaceAll(".", "[.]")}`)).first().waitFor();
  await page.getByText("What was sent and answered").click();
  assert.ok((await page.locator("#exchange-list > li").count()) >= 6);
  const shown = await page.locator("#exchange-list").textContent();
  assert.ok(!shown.includes('"password": "demo"'), "the password is shown");
  await page.getByText("What was sent and answered").click();
  await page.screenshot({ path: join(pictures, "light.png"), fullPage: false });

  // Dark, and narrow.
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: join(pictures, "dark.png") });
  await page.setViewportSize({ width: 380, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} pixels wider than a narrow window`);
  await page.screenshot({ path: join(pictures, "narrow.png") });
  await page.locator(".operation").nth(30).scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(pictures, "narrow-operations.png") });

  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByText("Logged out.").waitFor();
  assert.deepEqual(problems, []);
  console.log(`    the page shows ${served} operations, and its walk works`);
} catch (error) {
  const page = context.pages()[0];
  await page?.screenshot({ path: join(pictures, "failed.png") }).catch(() => {});
  console.error(problems, await page?.locator("#log-in-result").textContent().catch(() => ""));
  throw error;
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
