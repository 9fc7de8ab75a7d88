// Making elements with a few words.

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
}

/** A push button. */
export function button(text, onClick, title = '', className = '') {
    const node = element('button', { type: 'button', class: `frond-button ${className}`.trim() }, text);
    if (title !== '') node.title = title;
    node.onclick = onClick;
    return node;
}
