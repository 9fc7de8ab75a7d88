import SiteBuilder
import Testing

@Suite("Optional wheels of the kit")
struct OptionalWheelsTests {
    @Test(
        "OpenSSL is for sources that can't do without",
        arguments: [
            ("import ssl\n", true), ("import os, ssl as tls\n", true), ("try:\n    from ssl import SSLContext\n", true),
            ("def f():\n    import ssl\n", true), ("import _hashlib\n", true),
            ("import hashlib\nkey = hashlib.pbkdf2_hmac('sha256', b'', b'', 1)\n", true),
            ("from hashlib import scrypt\n", true), ("import hashlib\nhashlib.sha256(b'')\n", false),
            ("import sslcommerz\n", false), ("# no ssl here\nimport hmac, secrets, asyncio\n", false), ("", false),
        ])
    func openSSL(source: String, isNeeded: Bool) {
        for isOfApp in [true, false] {
            #expect(OptionalWheels.Offer.openSSL.isNeeded(by: Array(source.utf8), isOfApp: isOfApp) == isNeeded)
        }
    }

    @Test(
        "ctypes is for what an app imports anywhere, and for what packages import first of all",
        arguments: [
            ("import ctypes\n", true, true), ("import os, ctypes.util\n", true, true),
            ("from ctypes import CDLL\n", true, true),
            ("try:\n    import ctypes\nexcept ImportError:\n    ctypes = None\n", true, true),
            ("def f():\n    import ctypes\n", true, false),
            ("import ctypes\nctypes.windll.kernel32\n", true, false), ("from ctypes import wintypes\n", true, false),
            ("import ctypeslib\n", false, false), ("# ctypes\nimport struct\n", false, false), ("", false, false),
        ])
    func ctypes(source: String, byApp: Bool, byPackage: Bool) {
        #expect(OptionalWheels.Offer.ctypes.isNeeded(by: Array(source.utf8), isOfApp: true) == byApp)
        #expect(OptionalWheels.Offer.ctypes.isNeeded(by: Array(source.utf8), isOfApp: false) == byPackage)
    }
}
