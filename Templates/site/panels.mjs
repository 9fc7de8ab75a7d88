// What is shown in the terminal's place while there is nothing to read in it.

import { knownBrowsers } from './support.mjs';
import { button, element } from './elements.mjs';

/** A size as people read it. */
export function readableBytes(count) {
    if (count < 999_500) return `${Math.max(1, Math.round(count / 1000))} kB`;
    return `${(count / 1e6).toFixed(1)} MB`;
}

/** The browser can't run the program: which ones can. */
export function unsupportedPanel(missing) {
    const browsers = element('ul', { class: 'frond-browsers' });
    for (const { name, version } of knownBrowsers) {
        browsers.append(element('li', {}, element('strong', {}, name), ` ${version} or newer`));
    }
    return element('div', { class: 'frond-message' },
        element('h1', {}, 'This browser can’t run this program yet'),
        element('p', {}, 'The program is written in Python and runs on your own device, inside the page. ' +
            'That needs a recent browser:'),
        browsers,
        element('p', { class: 'frond-quiet' }, `Missing here: ${missing.join(', ')}. Nothing was downloaded.`));
}

/** Nothing happens until somebody asks for it. */
export function idlePanel(size, onStart) {
    return element('div', { class: 'frond-message frond-centred' },
        button('Run it', onStart, 'Download Python and run the program', 'frond-primary'),
        element('p', { class: 'frond-quiet' }, `Python and the program are ${readableBytes(size)}, downloaded once.`));
}

/** Something failed before there was a program. */
export function failurePanel(title, message, onRetry) {
    return element('div', { class: 'frond-message', role: 'alert' },
        element('h1', {}, title),
        element('p', { class: 'frond-detail' }, message),
        button('Try again', onRetry, '', 'frond-primary'));
}

/** Progress: bytes first, steps then. */
export function loadingPanel(title) {
    const bar = element('progress', { class: 'frond-progress', max: '1', value: '0', 'aria-label': `Loading ${title}` });
    const label = element('p', { class: 'frond-quiet frond-steps' }, 'Connecting');
    const node = element('div', { class: 'frond-message frond-centred frond-loading' },
        element('h1', {}, title), bar, label);
    return {
        node,
        bytes(received, total) {
            bar.value = total > 0 ? received / total : 0;
            label.textContent = received < total
                ? `${readableBytes(received)} of ${readableBytes(total)}`
                : 'Preparing Python';
        },
        step(text) {
            bar.removeAttribute('value');
            label.textContent = text;
        },
    };
}
