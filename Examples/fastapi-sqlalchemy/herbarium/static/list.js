import { ask, frond, json } from './common.js';

const [sheets, search, form, problem, live] =
    ['sheets', 'search', 'new', 'problem', 'live'].map((id) => document.getElementById(id));

function sheet({ id, name, species, place, colour, photo_type: photo }) {
    const item = document.createElement('li');
    item.className = 'sheet';
    item.innerHTML = '<a><img class="picture" alt=""><div><h2></h2><p><em></em></p><p></p></div></a>';
    item.querySelector('a').href = `specimens/${id}`;
    item.querySelector('img').src = photo ? `api/specimens/${id}/photo` : frond(colour, id);
    item.querySelector('h2').textContent = name;
    item.querySelector('em').textContent = species;
    item.querySelector('p:last-child').textContent = place;
    return item;
}

let latest = 0;
async function show() {
    const mine = ++latest;
    const found = await ask(`api/specimens?q=${encodeURIComponent(search.value)}`);
    if (mine === latest) sheets.replaceChildren(...found.map(sheet));
}

search.addEventListener('input', show);

form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
        await ask('api/specimens', json('POST', Object.fromEntries(new FormData(form))));
        form.reset();
    } catch (error) {
        problem.textContent = error.message;
    }
});

const events = new EventSource('api/events');
const say = (text) => { live.textContent = text; };
events.addEventListener('hello', ({ data }) => {
    live.classList.add('on');
    say(`live, ${JSON.parse(data).listeners} watching`);
});
for (const kind of ['added', 'removed', 'noted', 'photographed']) {
    events.addEventListener(kind, ({ data }) => {
        say(`${JSON.parse(data).name}: ${kind}`);
        show();
    });
}
events.addEventListener('error', () => { live.classList.remove('on'); say('connecting again …'); });

await show();
