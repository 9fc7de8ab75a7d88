// Where the cookie jar lies between visits: one record a site in IndexedDB. Without a database the jar is as old as the tab.

const cookieDatabase = 'frond-cookies';
const cookieTable = 'jars';

function openCookies() {
    return new Promise((resolve, reject) => {
        const request = indexedDB.open(cookieDatabase, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(cookieTable);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/** The cookies of the site at `base`. */
export async function loadCookies(base) {
    try {
        const database = await openCookies();
        return await new Promise((resolve, reject) => {
            const request = database.transaction(cookieTable).objectStore(cookieTable).get(base);
            request.onsuccess = () => resolve(Array.isArray(request.result) ? request.result : []);
            request.onerror = () => reject(request.error);
        });
    } catch {
        return [];
    }
}

/** Stores them; later calls overtake earlier ones. */
export async function saveCookies(base, cookies) {
    try {
        const database = await openCookies();
        database.transaction(cookieTable, 'readwrite').objectStore(cookieTable).put(cookies, base);
    } catch {
        // A browser that stores nothing: the cookies live as long as the page.
    }
}
