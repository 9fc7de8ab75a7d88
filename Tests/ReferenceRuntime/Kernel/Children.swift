import WasmBinary

// Child processes: `posix_spawn` starts the same module once more, with a memory of its own, on the same machine. There is no
// fork, and no program but the interpreter.

/// A process that another has started.
final class Child {
    let number: Int32
    /// The process while it runs.
    var program: Program?
    /// What `waitpid` reports, once it has ended.
    var waitStatus: Int32?

    init(_ program: Program) {
        number = program.kernel.processNumber
        self.program = program
    }
}

extension Program {
    private static let interpreter = Array("/usr/bin/python3".utf8)

    /// `frond.spawn(path, arguments, environment, actions)`
    func spawn(_ call: HostCall) throws(Errno) -> HostOutcome {
        let memory = kernel.memory
        let path = try memory.string(call.u32(0))
        let words = try strings(call.u32(1))
        let variables = call.u32(2) == 0 ? [] : try strings(call.u32(2))
        let arguments = try interpreterArguments(path, words)
        let actions = try FileAction.list(memory, call.u32(3))
        var options = options
        options.trace = nil
        options.idle = nil
        options.arguments = arguments.map { String(decoding: $0, as: UTF8.self) }
        let made: Program
        do {
            made = try Program(module, options) { store, placeholder in
                let child = Kernel(store, placeholder, childOf: kernel)
                child.environment = variables.filter { $0.contains(UInt8(ascii: "=")) }
                do throws(Errno) {
                    for action in actions { try action.perform(in: child) }
                } catch {
                    child.end(placeholder)
                    throw error
                }
                for descriptor in child.openDescriptors where child.closesOnExec(descriptor) {
                    try? child.close(descriptor)
                }
                return child
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ENOMEM
        }
        made.kernel.arguments = arguments
        kernel.children.append(Child(made))
        return call.returns(made.kernel.processNumber)
    }

    /// The strings of an array of pointers that ends with a null pointer.
    private func strings(_ address: UInt32) throws(Errno) -> [[UInt8]] {
        var found: [[UInt8]] = []
        while found.count < 65_536 {
            let pointer = try kernel.memory.u32(address + UInt32(found.count) * 4)
            if pointer == 0 { return found }
            found.append(try kernel.memory.string(pointer))
        }
        throw .EINVAL
    }

    /// How the interpreter is to run the file: the interpreter itself, or a script that begins with `#!…python`.
    private func interpreterArguments(_ path: Name, _ words: [[UInt8]]) throws(Errno) -> [[UInt8]] {
        let inode = try kernel.find(path, from: kernel.directory)
        if inode === (try? kernel.find(Self.interpreter, from: kernel.root)) { return words }
        guard let file = inode as? FileInode, kernel.permits(file, 1) else { throw .EACCES }
        var head = [UInt8](repeating: 0, count: 256)
        let count = head.withUnsafeMutableBytes { file.read($0, at: 0) }
        let line = String(decoding: head.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard line.hasPrefix("#!") else { throw .ENOEXEC }
        let parts = line.dropFirst(2).split(whereSeparator: \.isWhitespace)
        let isPython = parts.contains { part in
            (part.split(separator: "/").last ?? "").wholeMatch(of: /python(3(\.\d+)?)?/) != nil
        }
        guard isPython, let first = parts.first, !first.hasSuffix("/sh"), !first.hasSuffix("/bash") else {
            throw .ENOENT
        }
        let flags = parts.filter { $0.hasPrefix("-") && $0 != "-S" }.map { Array($0.utf8) }
        return [Self.interpreter] + flags + [path] + words.dropFirst()
    }

    /// The process has ended: its parent can wait for it, and is told.
    func leave(_ status: Int32) {
        let machine = kernel.machine
        let announced = kernel.deadlySignal
        // A program that did not call exit was ended: 134 by a trap or abort, 137 from outside.
        let signal = announced != 0 ? announced : !kernel.hasExited && status > 128 ? status - 128 : 0
        machine.processes.removeAll { $0 === self }
        drop()
        for parent in machine.processes {
            guard let child = parent.kernel.children.first(where: { $0.program === self }) else { continue }
            child.waitStatus = signal != 0 ? signal : (status & 255) << 8
            child.program = nil
            let watches = parent.kernel.childWatches
            parent.kernel.childWatches = []
            for thread in watches { parent.kernel.wake(thread) }
            parent.raise(17)
        }
    }

    /// `kill` of another process, child or not; signal 0 only looks whether it is there.
    func killProcess(_ number: Int32, _ signal: Int32) -> Int32 {
        // Ended, and nobody has waited for it yet.
        if kernel.children.contains(where: { $0.number == number && $0.program == nil }) { return 0 }
        guard let program = kernel.machine.processes.first(where: { $0.kernel.processNumber == number }) else {
            return -Errno.ESRCH.number
        }
        guard signal != 0 else { return 0 }
        guard signal == 9 else {
            program.raise(signal)
            return 0
        }
        // The first process is its host's to end.
        guard program !== kernel.machine.processes.first else { return -Errno.EPERM.number }
        program.terminate(128 + 9)
        program.leave(128 + 9)
        return 0
    }
}

/// One of `posix_spawn`'s file actions: 1 close, 2 dup2, 3 open, 4 chdir, 5 fchdir.
private struct FileAction {
    var kind, descriptor, source, flags: Int32
    var mode: UInt32
    var path: Name?

    static func list(_ memory: GuestMemory, _ address: UInt32) throws(Errno) -> [FileAction] {
        var actions: [FileAction] = []
        while address != 0 {
            let at = address + UInt32(actions.count) * 24
            let kind = try memory.i32(at)
            if kind == 0 { break }
            let path = try memory.u32(at + 20)
            actions.append(
                FileAction(
                    kind: kind, descriptor: try memory.i32(at + 4), source: try memory.i32(at + 8),
                    flags: try memory.i32(at + 12), mode: try memory.u32(at + 16),
                    path: path == 0 ? nil : try memory.string(path)))
        }
        return actions
    }

    func perform(in child: Kernel) throws(Errno) {
        switch kind {
        case 1: try? child.close(descriptor)
        case 2:
            let description = try child.description(source)
            if descriptor == source {
                child.setClosesOnExec(descriptor, false)
            } else {
                try child.replace(descriptor, with: description, closesOnExec: false)
            }
        case 3:
            let description = try child.open(path ?? [], from: child.directory, flags: flags, mode: mode)
            try child.replace(descriptor, with: description, closesOnExec: flags & OpenFlags.closeOnExec != 0)
        case 4: try enter(child.find(path ?? [], from: child.directory), child)
        case 5: try enter(child.description(descriptor).inode, child)
        default: throw .EINVAL
        }
    }

    private func enter(_ inode: Inode, _ child: Kernel) throws(Errno) {
        guard let directory = inode as? DirectoryInode else { throw .ENOTDIR }
        child.directory = directory
    }
}

extension SystemCalls {
    mutating func addChildren() {
        let kernel = kernel
        add("frond.wait4") { call throws(Errno) in
            let wanted = call.i32(0)
            let candidates = kernel.children.filter { wanted <= 0 || $0.number == wanted }
            if candidates.isEmpty { throw .ECHILD }
            guard let child = candidates.first(where: { $0.waitStatus != nil }) else { return call.returns(0 as Int32) }
            if call.u32(1) != 0 { try kernel.memory.write(child.waitStatus ?? 0, at: call.u32(1)) }
            if call.u32(3) != 0 { try? kernel.memory.write([UInt8](repeating: 0, count: 152), at: call.u32(3)) }
            // WNOWAIT: only look.
            if call.i32(2) & 0x100_0000 == 0 { kernel.children.removeAll { $0 === child } }
            return call.returns(child.number)
        }
    }
}

extension Kernel {
    /// A later value of a name takes the place of an earlier one.
    func setEnvironment(_ variables: [(name: String, value: String)]) {
        var names: [String] = []
        var values: [String: String] = [:]
        for (name, value) in variables {
            if values.updateValue(value, forKey: name) == nil { names.append(name) }
        }
        environment = names.map { Array("\($0)=\(values[$0] ?? "")".utf8) }
    }
}
