// The cookies of the app, by the rules of RFC 6265bis, because a service worker neither sees `Cookie` nor may set `Set-Cookie`.
//
//     Set-Cookie: id=7; Path=/; HttpOnly   ──store──▶   jar   ──header('/notes')──▶   Cookie: id=7
//
// There is one host, so domains play no part: a cookie for another host is refused, all others are for this one. What is
// stored is plain data, so that it can be kept in a database and mirrored to `document.cookie`.

/** @typedef {{ name: string, value: string, path: string, secure: boolean, httpOnly: boolean, sameSite: string,
 *              expires: number | null, created: number }} Cookie */

const mostCookies = 180;
const longestPair = 4096;
const longestAttribute = 1024;
const longestAge = 400 * 86400e3;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A cookie date, as RFC 6265 section 5.1.1 reads it; null when it is none. */
export function parseCookieDate(text) {
    let time = null;
    let day = null;
    let month = null;
    let year = null;
    for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
        let match;
        if (time === null && (match = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token))) {
            time = match.slice(1, 4).map(Number);
        } else if (day === null && (match = /^(\d{1,2})(?:\D|$)/.exec(token))) day = Number(match[1]);
        else if (month === null && months.includes(token.slice(0, 3).toLowerCase())) {
            month = months.indexOf(token.slice(0, 3).toLowerCase());
        } else if (year === null && (match = /^(\d{2,4})(?:\D|$)/.exec(token))) year = Number(match[1]);
    }
    if (time === null || day === null || month === null || year === null) return null;
    if (year >= 70 && year <= 99) year += 1900;
    else if (year <= 69) year += 2000;
    const [hour, minute, second] = time;
    if (day < 1 || day > 31 || year < 1601 || hour > 23 || minute > 59 || second > 59) return null;
    const date = Date.UTC(year, month, day, hour, minute, second);
    return new Date(date).getUTCDate() === day ? date : null;
}

/** The path for a cookie that names none. */
export function defaultCookiePath(path) {
    const end = path.lastIndexOf('/');
    return path.startsWith('/') && end > 0 ? path.slice(0, end) : '/';
}

/** Whether a request's path is below a cookie's. */
export function pathMatches(path, cookiePath) {
    return path === cookiePath
        || (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'));
}

export class CookieJar {
    /** @param {Cookie[]} [cookies] */
    constructor(cookies = [], now = () => Date.now()) {
        this.now = now;
        /** @type {Map<string, Cookie>} */
        this.cookies = new Map(cookies.map((cookie) => [`${cookie.path};${cookie.name}`, cookie]));
    }

    /**
     * Takes one `Set-Cookie`.
     * @param {string} text
     * @param {{ host: string, path: string, secure: boolean }} from the request that it answers
     * @returns {Cookie | null} what was stored (already expired when it deletes), or null when it was refused
     */
    set(text, from) {
        if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) return null;
        const [pair, ...attributes] = text.split(';');
        const equals = pair.indexOf('=');
        const name = equals < 0 ? '' : pair.slice(0, equals).trim();
        const value = (equals < 0 ? pair : pair.slice(equals + 1)).trim();
        if ((name === '' && value === '') || name.length + value.length > longestPair) return null;
        let path = defaultCookiePath(from.path);
        let hasPath = false;
        let hasDomain = false;
        let expires = null;
        let age = null;
        let secure = false;
        let httpOnly = false;
        let sameSite = 'default';
        for (const attribute of attributes) {
            const at = attribute.indexOf('=');
            const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
            const given = at < 0 ? '' : attribute.slice(at + 1).trim();
            if (given.length > longestAttribute) continue;
            if (key === 'expires') expires = parseCookieDate(given) ?? expires;
            else if (key === 'max-age' && /^-?\d+$/.test(given)) age = Number(given);
            else if (key === 'path') {
                hasPath = given.startsWith('/');
                path = hasPath ? given : defaultCookiePath(from.path);
            } else if (key === 'domain' && given !== '') {
                hasDomain = true;
                const domain = given.replace(/^\./, '').toLowerCase();
                if (domain !== from.host && !from.host.endsWith(`.${domain}`)) return null;
            } else if (key === 'secure') secure = true;
            else if (key === 'httponly') httpOnly = true;
            else if (key === 'samesite') sameSite = given.toLowerCase();
        }
        if (secure && !from.secure) return null;
        const prefixed = name.toLowerCase();
        if (prefixed.startsWith('__secure-') && !secure) return null;
        if (prefixed.startsWith('__host-') && (!secure || hasDomain || !hasPath || path !== '/')) return null;
        const now = this.now();
        if (age !== null) expires = age <= 0 ? 0 : now + age * 1000;
        if (expires !== null) expires = Math.min(expires, now + longestAge);
        return this.#keep({ name, value, path, secure, httpOnly, sameSite, expires, created: now });
    }

    #keep(cookie) {
        const key = `${cookie.path};${cookie.name}`;
        const old = this.cookies.get(key);
        if (old) cookie.created = old.created;
        if (cookie.expires !== null && cookie.expires <= this.now()) {
            this.cookies.delete(key);
            return cookie;
        }
        this.cookies.set(key, cookie);
        if (this.cookies.size > mostCookies) this.#makeRoom();
        return cookie;
    }

    #makeRoom() {
        this.#expire();
        const oldest = [...this.cookies].sort(([, a], [, b]) => a.created - b.created);
        for (const [key] of oldest.slice(0, Math.max(0, this.cookies.size - mostCookies))) this.cookies.delete(key);
    }

    #expire() {
        const now = this.now();
        for (const [key, { expires }] of this.cookies) if (expires !== null && expires <= now) this.cookies.delete(key);
    }

    /** What a script of the page did to `document.cookie`; it can't touch what is only for HTTP. */
    setFromPage({ name, value, path, expires }) {
        const old = this.cookies.get(`${path};${name}`);
        if (old?.httpOnly) return;
        this.#keep({
            name, value, path, secure: false, httpOnly: false, sameSite: 'default', expires, created: this.now(),
        });
    }

    /** The value of `Cookie` for a path; '' when there is none to send. */
    header(path, secure) {
        this.#expire();
        return [...this.cookies.values()]
            .filter((cookie) => pathMatches(path, cookie.path) && (secure || !cookie.secure))
            .sort((a, b) => b.path.length - a.path.length || a.created - b.created)
            .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
            .join('; ');
    }

    /** All that is stored, as plain data. */
    list() {
        this.#expire();
        return [...this.cookies.values()];
    }
}
