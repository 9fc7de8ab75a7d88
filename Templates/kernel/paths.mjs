// From a path to an inode, as POSIX walks it: one component after the other, through symbolic links, with permission to
// search each directory on the way.
//
// `lookup` puts its result into the walker's own fields (a system call looks at them at once, and nothing is allocated):
//
//     directory, name   the last directory and the last component: where one would create, remove or rename
//     inode             what is there, or null
//     slash             the path ended in "/": what it names must be a directory

import { EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from './errno.mjs';
import { NAME_MAX, PATH_MAX, SYMLOOP_MAX } from './constants.mjs';
import { DirectoryInode, LinkInode, PERMIT_EXECUTE } from './inode.mjs';

/** Walks paths for one machine. */
export class PathWalker {
    constructor(root) {
        this.root = root;
        this.directory = root;
        this.name = '';
        this.inode = null;
        this.slash = false;
    }

    /**
     * @param {object} process whose permissions count
     * @param {DirectoryInode} base where a relative path begins
     * @param {string} path
     * @param {boolean} follow whether a symbolic link at the very end is followed
     * @returns {number} 0 (then `inode` may still be null: only the last component is missing), or a negative error
     */
    lookup(process, base, path, follow) {
        let links = 0;
        let directory = path.charCodeAt(0) === 47 ? this.root : base;
        let at = 0;
        this.inode = null;
        this.slash = false;
        if (path === '') {
            return -ENOENT;
        }
        for (;;) {
            while (path.charCodeAt(at) === 47) {
                at++;
            }
            let end = path.indexOf('/', at);
            if (end < 0) {
                end = path.length;
            }
            if (at === end) {
                // Nothing but slashes (left): the directory itself.
                this.directory = directory;
                this.name = '.';
                this.inode = directory;
                this.slash = true;
                return 0;
            }
            const name = path.slice(at, end);
            let rest = end;
            while (path.charCodeAt(rest) === 47) {
                rest++;
            }
            const last = rest === path.length;
            if (name.length > NAME_MAX) {
                return -ENAMETOOLONG;
            }
            if (!directory.permits(process, PERMIT_EXECUTE)) {
                return -EACCES;
            }
            let inode;
            if (name === '.') {
                inode = directory;
            } else if (name === '..') {
                inode = directory.parent;
            } else {
                inode = directory.find(name);
            }
            if (inode === undefined) {
                if (!last || directory.removed) {
                    return -ENOENT;
                }
                this.directory = directory;
                this.name = name;
                this.slash = rest > end;
                return 0;
            }
            if (inode instanceof LinkInode && (!last || follow || rest > end)) {
                if (++links > SYMLOOP_MAX) {
                    return -ELOOP;
                }
                const target = inode.jump(process);
                if (target === null) {
                    const text = inode.read(process);
                    if (text === '') {
                        return -ENOENT;
                    }
                    path = last && rest === end ? text : text + path.slice(end);
                    if (path.length >= PATH_MAX) {
                        return -ENAMETOOLONG;
                    }
                    at = 0;
                    if (path.charCodeAt(0) === 47) {
                        directory = this.root;
                    }
                    continue;
                }
                inode = target;
            }
            if (last) {
                this.directory = directory;
                this.name = name;
                this.inode = inode;
                this.slash = rest > end;
                return this.slash && !(inode instanceof DirectoryInode) ? -ENOTDIR : 0;
            }
            if (!(inode instanceof DirectoryInode)) {
                return -ENOTDIR;
            }
            directory = inode;
            at = rest;
        }
    }
}
