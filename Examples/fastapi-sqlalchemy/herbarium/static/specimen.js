import { ask, frond, json } from './common.js';

const number = location.pathname.split('/').at(-1);
const address = `../api/specimens/${number}`;
const at = (id) => document.getElementById(id);
const day = (text) => new Date(text).toLocaleDateString('en', { dateStyle: 'long' });

async function show() {
    const { id, name, species, place, added, colour, photo_type: photo, notes } = await ask(address);
    document.title = `${name} · Herbarium`;
    at('name').textContent = name;
    at('species').textContent = species;
    at('place').textContent = place || '—';
    at('added').textContent = day(added);
    at('picture').src = photo ? `${address}/photo?at=${Date.now()}` : frond(colour, id);
    at('picture').alt = photo ? `Photograph of ${name}` : '';
    at('notes').replaceChildren(...notes.map(({ text, written }) => {
        const item = document.createElement('li');
        const time = document.createElement('time');
        time.textContent = day(written);
        item.append(time, text);
        return item;
    }));
}

async function attempt(action) {
    at('problem').textContent = '';
    try {
        await action();
    } catch (error) {
        at('problem').textContent = error.message;
    }
}

at('write').addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
        await ask(`${address}/notes`, json('POST', Object.fromEntries(new FormData(event.target))));
        event.target.reset();
        await show();
    });
});

at('photo').addEventListener('change', ({ target }) => attempt(async () => {
    const body = new FormData();
    body.set('photo', target.files[0]);
    await ask(`${address}/photo`, { method: 'PUT', body });
    target.value = '';
    await show();
}));

at('remove').addEventListener('click', () => attempt(async () => {
    await ask(address, { method: 'DELETE' });
    location.href = '../';
}));

await attempt(show);
