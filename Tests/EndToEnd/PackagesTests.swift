import Foundation
import Support
import Testing

extension EndToEnd {
    /// The packages that the kit compiles from their source distributions, from the lock to what they do.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct PackagesTests {
        @Test func areLockedAndWork() async throws {
            try await Workshop.withFolder { folder in
                let app = folder.appending(path: "offered")
                try FileManager.default.copyItem(at: Workshop.apps.appending(path: "offered"), to: app)
                let result = try await Workshop.frond(["run", app.path])
                #expect(result.status == 0, "\(result.errorText)")
                #expect(
                    result.text == """
                        jinja2: &lt;<
                        markupsafe: (True, Markup('&lt;&amp;&gt;'))
                        yaml: {'a': [1, 2.5, True], 'b': b'hello'}
                        zope: (True, True)
                        loop: (True, 'poll')
                        compiled: gevent._gevent_cgreenlet
                        tasks: ([2, 1, 0], [0, 1, 2])
                        sockets: [b'0 TIMES', b'1 TIMES', b'2 TIMES', b'3 TIMES', b'4 TIMES']
                        thread: False
                        failure: KeyError('missing')
                        tornado: (b'\\t\\x07\\x0f\\x08\\x0e', [b'{"hello": "0"}', b'{"hello": "1"}', b'{"hello": "2"}'])

                        """)
                let lock = try String(contentsOf: app.appending(path: "pylock.toml"), encoding: .utf8)
                for name in ["gevent", "markupsafe", "pyyaml", "tornado", "zope_interface"] {
                    #expect(lock.contains("path = \".frond-kit/\(name)-"), "\(name) is not the kit's")
                }
                // Every app has greenlet, which is no reason to lock it to another place.
                #expect(lock.contains("path = \".frond-kit/greenlet-"))
            }
        }
    }
}
