// Examples/gevent-jobs as a visitor uses it.
//
//     node jobs.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]

import { errorsOf, frameOf, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    const app = await frameOf(page);
    const state = (job) => `[...document.querySelectorAll('tbody tr')].find((row) => row.cells[0].innerText === '${job}')
        ?.cells[3].innerText`;
    const add = async (limit) => {
        await app.write('[name=limit]', String(limit));
        await app.pressText('Add a job');
    };

    await app.says('Counting primes', 120);
    await add(2000);
    await until(app, 'the first job', `${state(1)} === 'done'`, 120);
    check('its primes', await app.evaluate(`document.querySelector('tbody tr').cells[2].innerText`), '303');

    // Four for three workers; three of them are more than anybody waits for.
    for (const limit of [100_000_000, 100_000_000, 100_000_000, 10_000]) await add(limit);
    await until(app, 'three that run, one that waits', `['running', 'running', 'running', 'waiting'].every((wanted, index) =>
        [${state(2)}, ${state(3)}, ${state(4)}, ${state(5)}][index] === wanted)`, 120);
    if (picture) await page.screenshot(picture);
    const cancel = async (job) => {
        await app.press(`tbody tr:nth-child(${6 - job}) button`);
        await until(app, `the end of job ${job}`, `${state(job)} === 'cancelled'`, 120);
    };
    await cancel(3);
    await until(app, 'the one that waited', `${state(5)} === 'done'`, 120);
    check('its primes', await app.evaluate(`document.querySelector('tbody tr').cells[2].innerText`), '1229');
    await cancel(2);
    await cancel(4);
    check('errors on the console', errorsOf(browser), []);
});
