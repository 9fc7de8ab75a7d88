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
    func choice(source: String, isNeeded: Bool) {
        #expect(OptionalWheels.needsOpenSSL(Array(source.utf8)) == isNeeded)
    }
}
