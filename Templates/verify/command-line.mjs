// The command line of the scripts that start an app for the build: --NAME VALUE…, --env NAME=VALUE…, then -- and the program's argv.

import process from 'node:process';

/** @returns {{ options: Record<string, string>, env: [string, string][], args: string[] }} */
export function readCommandLine() {
    const words = process.argv.slice(2);
    const args = words.splice(words.indexOf('--')).slice(1);
    const options = {};
    const env = [];
    for (let at = 0; at < words.length; at += 2) {
        const name = words[at].slice(2);
        if (name === 'env') env.push(words[at + 1].split(/=(.*)/s).slice(0, 2));
        else options[name] = words[at + 1];
    }
    return { options, env, args };
}
