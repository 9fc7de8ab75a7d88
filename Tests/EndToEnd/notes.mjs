// Examples/flask-notes as a visitor uses it.
//
//     node notes.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]

import { at as reached, errorsOf, frameOf, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    let app = await frameOf(page);
    const at = (path) => reached(page, app, path);
    const titles = () => app.texts('.notes h2');

    await app.says('New here?', 120);
    await at('/sign-in?to=/');
    await app.pressText('Register');
    await at('/register?to=/');
    await app.write('[name=name]', 'Ada');
    await app.write('[name=password]', 'difference');
    await app.press('.enter button');
    await app.says('Nothing written down yet.');
    await at('/');
    check('who it is', await app.texts('.who'), ['Ada']);

    const note = async (title, text, colour) => {
        await app.press('#new');
        await at('/notes/new');
        await app.write('[name=title]', title);
        await app.write('textarea', text);
        await app.press(`fieldset span.${colour}`);
        await app.press('#note button');
        await app.says('Written down.');
        await at('/');
    };
    await note('Ferns', 'Royal fern\nin the bog', 'green');
    await note('Übermorgen <b>', 'A lecture, 1 < 2', 'blue');
    check('notes', await titles(), ['Übermorgen <b>', 'Ferns']);
    check('colours', await app.evaluate(`[...document.querySelectorAll('.notes li')].map((e) => e.className)`), ['blue', 'green']);
    if (picture) await page.screenshot(picture);

    await app.write('[type=search]', 'BOG\n');
    await at('/?q=BOG');
    await until(app, 'what was found', `document.querySelectorAll('.notes h2').length === 1`);
    check('found', await titles(), ['Ferns']);
    await page.evaluate('history.back()');
    await until(app, 'all notes again', `document.querySelectorAll('.notes h2').length === 2`);

    await app.press('.notes .green a');
    await at('/notes/1');
    await until(app, 'the note', `document.querySelector('textarea')?.value === 'Royal fern\\nin the bog'`);
    await app.write('[name=title]', ' ');
    await app.press('#note button');
    await app.says('A note needs a title.');
    await app.write('[name=title]', 'Ferns of the bog');
    await app.press('#note button');
    await app.says('Changed.');
    check('export', await app.evaluate(`fetch('/notes.txt').then((r) => r.text())`),
        'Ferns of the bog\n================\n\nRoyal fern\r\nin the bog\n\n\nÜbermorgen <b>\n==============\n\nA lecture, 1 < 2\n\n\n');

    // The program starts anew and finds its database and the session's key; the browser has the cookie.
    await page.reload();
    app = await frameOf(page);
    await app.says('Ferns of the bog', 120);
    check('still signed in', await app.texts('.who'), ['Ada']);

    await app.press('.notes .blue a');
    await app.press('#remove');
    await app.says('“Übermorgen <b>” is gone.');
    check('what is left', await titles(), ['Ferns of the bog']);

    await app.press('#sign-out');
    await app.says('New here?');
    await app.write('[name=name]', 'ada');
    await app.write('[name=password]', 'guessed');
    await app.press('.enter button');
    await app.says('do not belong together');
    await app.write('[name=password]', 'difference');
    await app.press('.enter button');
    await app.says('Ferns of the bog');

    // A deep link, to what is there and to what is not.
    await page.evaluate(`(location.href = new URL('/notes/1', location.href).href, 1)`);
    await until(page, 'the note of the link', `document.title === 'Ferns of the bog · Notes'`, 120);
    app = await frameOf(page);
    check('its text', await app.evaluate(`document.querySelector('textarea').value`), 'Royal fern\nin the bog');
    await page.evaluate(`(location.href = new URL('/notes/99', location.href).href, 1)`);
    await until(page, 'the missing page', `document.title.startsWith('Not found')`, 120);
    app = await frameOf(page);
    check('it says so', await app.texts('h1'), ['There is no such page']);

    // Chromium tells of every answer that is an error by its status; these three were wanted.
    check('errors on the console', errorsOf(browser).filter((line) => !/status of (422|403|404)/.test(line)), []);
});
