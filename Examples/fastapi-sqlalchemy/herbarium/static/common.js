/** Asks the API; an answer that is not good becomes an error with what the server says. */
export async function ask(address, options) {
    const response = await fetch(address, options);
    if (response.ok) return response.status === 204 ? null : response.json();
    const { detail } = await response.json().catch(() => ({ detail: response.statusText }));
    throw new Error(Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`).join('; ') : detail);
}

export const json = (method, value) => ({
    method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value),
});

const namespace = 'http://www.w3.org/2000/svg';

/** A pressed frond in the specimen's colour, for those without a photograph; the number decides its shape. */
export function frond(colour, number) {
    const pinnae = 7 + (number * 3) % 5;
    const bend = ((number * 37) % 21) - 10;
    let leaves = '';
    for (let i = 0; i < pinnae; i++) {
        const y = 175 - i * (140 / pinnae);
        const length = 46 * (1 - i / (pinnae + 1)) * (0.85 + ((number * 7 + i) % 4) / 16);
        const x = 100 + bend * Math.sin((175 - y) / 60);
        for (const side of [-1, 1]) {
            leaves += `M${x} ${y}q${side * length * .45} ${-length * .55} ${side * length} ${-length * .2}`
                + `q${-side * length * .45} ${length * .45} ${-side * length} ${length * .2}z`;
        }
    }
    const picture = `<svg xmlns="${namespace}" viewBox="0 0 200 200"><rect width="200" height="200" fill="#f1ecdd"/>`
        + `<path d="M100 195Q${100 + bend} 110 ${100 + bend} 28" stroke="${colour}" stroke-width="3" fill="none"/>`
        + `<path d="${leaves}" fill="${colour}" opacity=".86"/></svg>`;
    return `data:image/svg+xml,${encodeURIComponent(picture)}`;
}
