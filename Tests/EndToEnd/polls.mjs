// Examples/django-polls as a visitor and as its administrator uses it.
//
//     node polls.mjs chromium|firefox http://127.0.0.1:8000/ [PICTURE.png]

import { at as reached, errorsOf, frameOf, until, visit } from './visitor.mjs';

const [name, address, picture] = process.argv.slice(2);
const questions = ['Where should a Python program run?', 'Which fern do you like best?', 'Tabs or spaces?'];

await visit(name, async (browser, check) => {
    const page = await browser.open(address);
    let app = await frameOf(page);
    const at = (path) => reached(page, app, path);
    // The administration has its links on every page: the next click must not come before the page that it is meant for.
    const heading = (text) => until(app, text, `document.querySelector('#content h1')?.innerText === ${JSON.stringify(text)}`);
    const photograph = (what) => picture && page.screenshot(picture.replace(/\.png$/, `-${what}.png`));

    await app.says('What do you think?', 180);
    await at('/polls/');
    check('questions', await app.texts('.questions a'), questions);
    if (picture) await page.screenshot(picture);

    await app.pressText(questions[1]);
    await at('/polls/2/');
    await app.pressText('Vote');
    await app.says('Choose one of them first.');
    await app.press('label:nth-of-type(2)');
    await app.pressText('Vote');
    await app.says('Your vote has been counted.');
    await at('/polls/2/results/');
    check('results', await app.texts('.choice'), ["Hart's-tongue", 'Royal fern', 'Maidenhair']);
    check('votes', await app.texts('.votes'), ['1 vote, 100\u00a0%', '0 votes, 0\u00a0%', '0 votes, 0\u00a0%']);
    await photograph('results');
    await app.pressText('Vote again');
    await at('/polls/2/');
    await app.press('label:nth-of-type(1)');
    await app.pressText('Vote');
    await until(app, 'both votes', `[...document.querySelectorAll('.votes')].filter((e) => /50/.test(e.innerText)).length === 2`);

    // The administration, with Django's own style sheets and scripts.
    await app.pressText('Administration');
    await app.says('Username:');
    await at('/admin/login/');
    await app.write('#id_username', 'admin');
    await app.write('#id_password', 'guessed');
    await app.pressText('Log in');
    await app.says('Please enter the correct username and password');
    await app.write('#id_username', 'admin');
    await app.write('#id_password', 'polls');
    await app.pressText('Log in');
    await app.says('Site administration');
    await at('/admin/');
    check('its style', await app.evaluate(`getComputedStyle(document.querySelector('#header')).backgroundColor`), 'rgb(65, 118, 144)');
    await photograph('admin');

    await app.press('.model-question .addlink');
    await at('/admin/polls/question/add/');
    await until(app, 'the calendar of its scripts', `document.querySelector('.datetimeshortcuts') !== null`);
    await app.write('#id_text', 'Tea or coffee?');
    await app.write('#id_choices-0-text', 'Tea');
    await app.write('#id_choices-1-text', 'Coffee');
    await app.pressText('Add another Choice');
    await app.write('#id_choices-2-text', 'Neither');
    await photograph('question');
    await app.press('[name=_save]');
    await app.says('was added successfully');
    await at('/admin/polls/question/');
    check('all questions', await app.texts('#result_list th.field-text'), ['Tea or coffee?', ...questions]);
    await photograph('questions');
    await app.write('#searchbar', 'fern\n');
    await until(app, 'what was found', `document.querySelectorAll('#result_list th.field-text').length === 1`);
    await app.pressText(questions[1]);
    await at('/admin/polls/question/2/change/');
    await heading('Change question');
    check('its votes', await app.evaluate(`[...document.querySelectorAll('[id^=id_choices-][id$=-votes]')].map((e) => e.value)
        .slice(0, 3)`), ['1', '1', '0']);
    await app.press('.historylink');
    await app.says('Change history');

    // Stored in SQLite, sessions too, and that in the browser: a new page starts the program anew and finds it.
    await page.reload();
    app = await frameOf(page);
    await app.says('Change history', 180);
    await app.pressText('Home');
    await heading('Site administration');
    await app.press('.model-user th a');
    await app.says('Select user to change');
    check('accounts', await app.texts('#result_list th.field-username'), ['admin']);
    await app.pressText('View site');
    await app.says('What do you think?');
    check('questions after all', await app.texts('.questions a'), ['Tea or coffee?', ...questions]);
    check('their votes', (await app.texts('.questions small')).map((text) => text.split(' ')[0]), ['0', '0', '2', '0']);

    // Removed again, and signed out.
    await app.pressText('Administration');
    await heading('Site administration');
    await app.press('.model-question th a');
    await heading('Select question to change');
    await app.pressText('Tea or coffee?');
    await app.press('.deletelink');
    await app.says('Are you sure');
    await app.press('#content input[type=submit]');
    await app.says('was deleted successfully');
    await app.pressText('Log out');
    await app.says('Logged out');
    await app.pressText('Log in again');
    await app.says('Username:');

    // Chromium tells of every answer that is an error by its status; the vote without a choice is one.
    check('errors on the console', errorsOf(browser).filter((line) => !/status of 422/.test(line)), []);
});
