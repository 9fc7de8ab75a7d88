// Opens a site in Chromium without a window and leaves it alone, for a look at what it costs to do nothing.
//
//     node idle-page.mjs ADDRESS 'text that its program prints' | about:blank
//
// Says "there" on standard output when the page has come so far; ends when standard input does.

import { DevTools } from '../../../Scripts/browser/devtools.mjs';

const [address, text] = process.argv.slice(2);
const browser = await DevTools.launch();
const page = await browser.open(address);
for (const end = Date.now() + 60_000; text !== undefined;) {
    if (await page.evaluate(`document.body.innerText.includes(${JSON.stringify(text)})`).catch(() => false)) break;
    if (Date.now() > end) {
        console.error(`the page never said ${text}`);
        process.exit(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
}
console.log('there');
process.stdin.resume().once('end', async () => {
    await browser.close();
    process.exit(0);
});
