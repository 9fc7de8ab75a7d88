// Examples/asyncio-chat as a visitor uses it.
//
//     node chat.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]

import { errorsOf, inFrame, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);
const says = (text) => inFrame(`d.body.innerText.includes(${JSON.stringify(text)})`);

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    await until(page, 'the chat', inFrame('d.querySelector("form input") !== null'), 60);
    await page.evaluate(inFrame(`(() => { const form = d.querySelector('form');
        [...form.querySelectorAll('input')].at(-1).value = 'Hello from a browser'; form.querySelector('button').click();
        return 1; })()`));
    await until(page, 'the words', says('Hello from a browser'));
    if (picture) await page.screenshot(picture);
    check('errors on the console', errorsOf(browser), []);
});
