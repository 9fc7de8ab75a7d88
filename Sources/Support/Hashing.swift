import Crypto
import Foundation

/// Digests, in the spellings that the project needs.
public enum Hash {
    /// SHA-256 in lower-case hexadecimal (64 characters).
    public static func sha256(_ bytes: some DataProtocol) -> String {
        hexadecimal(SHA256.hash(data: bytes))
    }

    /// SHA-256 of a text's UTF-8 bytes in lower-case hexadecimal.
    public static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

    /// SHA-384 in lower-case hexadecimal (96 characters).
    public static func sha384(_ bytes: some DataProtocol) -> String {
        hexadecimal(SHA384.hash(data: bytes))
    }

    /// SHA-384 as subresource integrity writes it: `sha384-` and base64.
    public static func integrity(_ bytes: some DataProtocol) -> String {
        "sha384-" + Data(SHA384.hash(data: bytes)).base64EncodedString()
    }

    /// SHA-256 of a file in lower-case hexadecimal, read in pieces of one mebibyte.
    ///
    /// - Throws: `Diagnostic` (`file-unreadable`).
    public static func sha256(ofFile file: URL) throws(Diagnostic) -> String {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var hash = SHA256()
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
            return hexadecimal(hash.finalize())
        } catch {
            throw .unreadable(file, error)
        }
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Diagnostic {
    /// A file that can't be read, with the system's reason.
    public static func unreadable(_ file: URL, _ error: any Error) -> Diagnostic {
        Diagnostic.input("file-unreadable", "can't read \(file.path): \(systemReason(of: error))")
    }

    /// A file that can't be written, with the system's reason.
    public static func unwritable(_ file: URL, _ error: any Error) -> Diagnostic {
        Diagnostic(.error, "file-unwritable", "can't write \(file.path): \(systemReason(of: error))")
    }
}

/// The reason inside a Foundation or system error, without its wrapping: `no space left on device`.
public func systemReason(of error: any Error) -> String {
    if let diagnostic = error as? Diagnostic { return diagnostic.message }
    let error = error as NSError
    if let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError { return systemReason(of: inner) }
    if error.domain == NSPOSIXErrorDomain {
        let text = String(cString: strerror(Int32(error.code)))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
    return error.localizedDescription
}
