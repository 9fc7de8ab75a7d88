// Plays a check in a browser's worker: { glue, wasm, image, check, most } → { trace, outcome }.

import { play } from './play.mjs';

self.onmessage = async ({ data: { glue, wasm, image, check, most } }) => {
    const lines = [];
    const tell = (outcome) => self.postMessage({ trace: lines.join('\n'), outcome });
    try {
        const { boot } = await import(glue);
        const outcome = await play(boot, check, {
            module: fetch(wasm),
            image: fetch(image).then((response) => response.arrayBuffer()),
            most,
            line: (text) => lines.push(text),
        });
        tell(outcome);
    } catch (error) {
        tell({ status: 126, responses: [], failure: String(error?.stack ?? error) });
    }
};
