// Examples/fastapi-sqlalchemy as a visitor uses it.
//
//     node herbarium.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]

import { errorsOf, inFrame, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);
const sheets = 'd.querySelectorAll("#sheets li").length';
const texts = (selector) => `[...d.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent)`;

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    await until(page, 'the list', inFrame(`${sheets} === 6`), 120);
    await until(page, 'server-sent events', inFrame('d.querySelector("#live").textContent.startsWith("live")'));
    if (picture) await page.screenshot(picture);

    const fill = (fields) => page.evaluate(inFrame(`(() => { for (const [key, value] of Object.entries(${
        JSON.stringify(fields)})) d.querySelector('#new').elements[key].value = value;
        d.querySelector('#new button').click(); return 1; })()`));
    await fill({ name: 'Royal fern', species: 'Osmunda regalis', place: 'A bog' });
    await until(page, 'the new specimen', inFrame(`${sheets} === 7`));
    check('it is in the list', await page.evaluate(inFrame(`${texts('#sheets h2')}.includes('Royal fern')`)), true);
    check('the event that says so', await page.evaluate(inFrame('d.querySelector("#live").textContent')), 'Royal fern: added');

    await page.evaluate(inFrame(`([...d.querySelectorAll('#sheets a')].find((a) => a.textContent.includes('Royal fern')).click(), 1)`));
    await until(page, 'its page', inFrame('d.querySelector("#name")?.textContent === "Royal fern"'));
    check('its address', await page.evaluate('/\\/specimens\\/\\d+$/.test(location.pathname)'), true);
    await page.evaluate(inFrame(`(() => { d.querySelector('textarea').value = 'Taller than a man.';
        d.querySelector('#write button').click(); return 1; })()`));
    await until(page, 'the note', inFrame(`${texts('#notes li')}.some((text) => text.includes('Taller than a man.'))`));

    // Stored in SQLite, and that in the browser: a new page starts the program anew and finds it.
    await page.reload();
    await until(page, 'its page again', inFrame('d.querySelector("#name")?.textContent === "Royal fern"'), 120);
    check('the note is stored', await page.evaluate(inFrame(`${texts('#notes li')}.some((text) =>
        text.includes('Taller than a man.'))`)), true);
    await page.evaluate(inFrame(`(d.querySelector('#remove').click(), 1)`));
    await until(page, 'the list without it', inFrame(`${sheets} === 6`));

    await page.evaluate(inFrame(`(d.querySelector('nav a[href$="docs"]').click(), 1)`));
    await until(page, 'the documentation of the API', inFrame('d.querySelectorAll(".opblock").length >= 5'));
    const answer = await page.evaluate(inFrame(`w.fetch(new URL('api/specimens', w.location.href.replace(/docs.*$/, '')))
        .then((r) => r.json()).then((list) => list.length)`));
    check('the API by fetch', answer, 6);
    check('errors on the console', errorsOf(browser), []);
});
