/// The tree of files: finding and changing names, with POSIX's rules.
extension Kernel {
    /// Where a path leads: the directory, the last name, and what is there.
    struct Place {
        var directory: DirectoryInode
        var name: Name
        var inode: Inode?
        var mustBeDirectory: Bool
    }

    /// Follows a path to its last name.
    func place(_ path: Name, from base: DirectoryInode, follow: Bool) throws(Errno) -> Place {
        var budget = 40
        return try place(path, from: base, follow: follow, &budget)
    }

    private func place(
        _ path: Name, from base: DirectoryInode, follow: Bool, _ budget: inout Int
    ) throws(Errno) -> Place {
        guard !path.isEmpty else { throw .ENOENT }
        guard path.count < 4096 else { throw .ENAMETOOLONG }
        let slash = UInt8(ascii: "/")
        var directory = path[0] == slash ? root : base
        let parts = path.split(separator: slash).map { Name($0) }
        let mustBeDirectory = path[path.count - 1] == slash
        var here = Place(directory: directory, name: Array(".".utf8), inode: directory, mustBeDirectory: true)
        for (position, part) in parts.enumerated() {
            guard part.count <= 255 else { throw .ENAMETOOLONG }
            let isLast = position == parts.count - 1
            if part == Array(".".utf8) {
                here = Place(directory: directory, name: part, inode: directory, mustBeDirectory: true)
                continue
            }
            if part == Array("..".utf8) {
                directory = directory.parent ?? directory
                here = Place(directory: directory, name: part, inode: directory, mustBeDirectory: true)
                continue
            }
            let inode = directory[part]
            here = Place(
                directory: directory, name: part, inode: inode, mustBeDirectory: isLast && mustBeDirectory)
            if let link = inode as? LinkInode, !isLast || follow || mustBeDirectory {
                budget -= 1
                guard budget > 0 else { throw .ELOOP }
                here = try place(link.target, from: directory, follow: true, &budget)
                here.mustBeDirectory = here.mustBeDirectory || isLast && mustBeDirectory
            }
            if isLast { break }
            guard let next = here.inode else { throw .ENOENT }
            guard let nextDirectory = next as? DirectoryInode else { throw .ENOTDIR }
            directory = nextDirectory
        }
        if here.mustBeDirectory, let inode = here.inode, !(inode is DirectoryInode) { throw .ENOTDIR }
        return here
    }

    func find(_ path: Name, from base: DirectoryInode, follow: Bool = true) throws(Errno) -> Inode {
        guard let inode = try place(path, from: base, follow: follow).inode else { throw .ENOENT }
        return inode
    }

    func open(_ path: Name, from base: DirectoryInode, flags: Int32, mode: UInt32) throws(Errno) -> Description {
        let follow = flags & OpenFlags.noFollow == 0 && flags & OpenFlags.exclusive == 0
        let place = try place(path, from: base, follow: follow)
        if flags & OpenFlags.temporary == OpenFlags.temporary { throw .EOPNOTSUPP }
        guard let inode = place.inode else {
            guard flags & OpenFlags.create != 0 else { throw .ENOENT }
            if place.mustBeDirectory { throw .EISDIR }
            try check(place.directory)
            let file = FileInode(self, permissions: mode & 0o7777 & ~umask)
            place.directory.add(place.name, file)
            place.directory.touch(self)
            return FileDescription(self, file, flags)
        }
        if flags & OpenFlags.create != 0, flags & OpenFlags.exclusive != 0 { throw .EEXIST }
        if flags & OpenFlags.directory != 0, !(inode is DirectoryInode) { throw .ENOTDIR }
        if inode is LinkInode { throw .ELOOP }
        if inode is DirectoryInode, flags & OpenFlags.create != 0 { throw .EISDIR }
        let wanted: UInt32 =
            switch flags & OpenFlags.accessMode {
            case OpenFlags.writeOnly: 2
            case OpenFlags.readWrite: 6
            default: 4
            }
        guard permits(inode, wanted) else { throw .EACCES }
        return try inode.open(self, flags: flags)
    }

    /// Whether the user may do this (4 read, 2 write, 1 execute).
    func permits(_ inode: Inode, _ access: UInt32) -> Bool {
        let shift: UInt32 = inode.uid == 1000 ? 6 : inode.gid == 1000 ? 3 : 0
        return inode.mode >> shift & access == access
    }

    /// Whether names in a directory may be changed.
    private func check(_ directory: DirectoryInode) throws(Errno) {
        guard directory === root || directory.name != nil else { throw .ENOENT }
        guard permits(directory, 3) else { throw .EACCES }
    }

    func makeDirectory(_ path: Name, from base: DirectoryInode, mode: UInt32) throws(Errno) {
        let place = try place(path, from: base, follow: false)
        guard place.inode == nil else { throw .EEXIST }
        try check(place.directory)
        let directory = DirectoryInode(
            self, permissions: mode & 0o7777 & ~umask, parent: place.directory, name: place.name)
        place.directory.add(place.name, directory)
        place.directory.touch(self)
    }

    func makeNode(_ path: Name, from base: DirectoryInode, mode: UInt32) throws(Errno) {
        let place = try place(path, from: base, follow: false)
        guard place.inode == nil else { throw .EEXIST }
        try check(place.directory)
        switch mode & FileMode.typeMask {
        case 0, FileMode.regular:
            place.directory.add(place.name, FileInode(self, permissions: mode & 0o7777 & ~umask))
        case FileMode.fifo:
            place.directory.add(place.name, PipeInode(self, permissions: mode & 0o7777 & ~umask))
        default: throw .EPERM
        }
    }

    func makeLink(_ target: Name, _ path: Name, from base: DirectoryInode) throws(Errno) {
        guard !target.isEmpty else { throw .ENOENT }
        let place = try place(path, from: base, follow: false)
        guard place.inode == nil else { throw .EEXIST }
        try check(place.directory)
        place.directory.add(place.name, LinkInode(self, target: target))
        place.directory.touch(self)
    }

    func link(
        _ old: Name, from oldBase: DirectoryInode, _ new: Name, from newBase: DirectoryInode, follow: Bool
    ) throws(Errno) {
        let inode = try find(old, from: oldBase, follow: follow)
        guard !(inode is DirectoryInode) else { throw .EPERM }
        let place = try place(new, from: newBase, follow: false)
        guard place.inode == nil else { throw .EEXIST }
        try check(place.directory)
        place.directory.add(place.name, inode)
        place.directory.touch(self)
    }

    func unlink(_ path: Name, from base: DirectoryInode) throws(Errno) {
        let place = try place(path, from: base, follow: false)
        guard let inode = place.inode else { throw .ENOENT }
        guard !(inode is DirectoryInode) else { throw .EISDIR }
        try check(place.directory)
        place.directory.remove(place.name)
        place.directory.touch(self)
    }

    func removeDirectory(_ path: Name, from base: DirectoryInode) throws(Errno) {
        let place = try place(path, from: base, follow: false)
        guard let inode = place.inode else { throw .ENOENT }
        guard let directory = inode as? DirectoryInode else { throw .ENOTDIR }
        if place.name == Array(".".utf8) { throw .EINVAL }
        if place.name == Array("..".utf8) { throw .ENOTEMPTY }
        if directory === root { throw .EBUSY }
        guard directory.entries.isEmpty else { throw .ENOTEMPTY }
        try check(place.directory)
        place.directory.remove(place.name)
        place.directory.touch(self)
    }

    func rename(
        _ old: Name, from oldBase: DirectoryInode, _ new: Name, from newBase: DirectoryInode
    ) throws(Errno) {
        let source = try place(old, from: oldBase, follow: false)
        let target = try place(new, from: newBase, follow: false)
        guard let inode = source.inode else { throw .ENOENT }
        for name in [source.name, target.name] where name == Array(".".utf8) || name == Array("..".utf8) {
            throw .EBUSY
        }
        try check(source.directory)
        try check(target.directory)
        if let directory = inode as? DirectoryInode {
            var above: DirectoryInode? = target.directory
            while let current = above {
                if current === directory { throw .EINVAL }
                above = current.parent
            }
        } else if target.mustBeDirectory {
            throw .ENOTDIR
        }
        if let existing = target.inode {
            if existing === inode { return }
            if let directory = existing as? DirectoryInode {
                guard inode is DirectoryInode else { throw .EISDIR }
                guard directory.entries.isEmpty else { throw .ENOTEMPTY }
            } else if inode is DirectoryInode {
                throw .ENOTDIR
            }
            target.directory.remove(target.name)
        }
        source.directory.remove(source.name)
        target.directory.add(target.name, inode)
        inode.changed = clock.realTime
        source.directory.touch(self)
        target.directory.touch(self)
    }

    // MARK: The tree at the start

    /// The directory at an absolute path; made if it is not there.
    @discardableResult
    func directory(at path: String) -> DirectoryInode {
        var directory = root
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            let name = Name(part)
            if let next = directory[name] as? DirectoryInode {
                directory = next
            } else {
                let next = DirectoryInode(self, parent: directory, name: name)
                directory.add(name, next)
                directory = next
            }
        }
        return directory
    }

    func add(_ inode: Inode, at path: String) {
        let name = Name(path.utf8.split(separator: UInt8(ascii: "/")).last ?? [])
        directory(at: String(decoding: path.utf8.dropLast(name.count), as: UTF8.self)).add(name, inode)
    }

    func addFile(_ path: String, _ text: String) {
        let file = FileInode(self, permissions: 0o644)
        Array(text.utf8).withUnsafeBytes { file.write($0, at: 0, self) }
        add(file, at: path)
    }

    /// The interpreter's name: a placeholder that looks like a program, so that Python knows where it is.
    func makeInterpreter() {
        let path = "/usr/bin/python3"
        if let file = try? find(Array(path.utf8), from: root) {
            file.mode |= 0o111
        } else {
            add(FileInode(self, permissions: 0o755), at: path)
        }
    }

    func mount(_ image: FileImage) {
        let time = image.index.mtime * 1_000_000_000
        func date(_ inode: Inode) {
            (inode.accessed, inode.modified, inode.changed) = (time, time, time)
        }
        for path in image.index.directories ?? [] { date(directory(at: path)) }
        for item in image.index.files {
            let file = FileInode(self, permissions: item.mode & 0o7777, image: image.contents(item))
            date(file)
            add(file, at: item.path)
        }
        for link in image.index.links ?? [] where link.count == 2 {
            let inode = LinkInode(self, target: Array(link[1].utf8))
            date(inode)
            add(inode, at: link[0])
        }
    }
}
