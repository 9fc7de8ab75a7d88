import ArgumentParser
import DevServer
import Foundation
import SiteBuilder
import Support

/// `frond serve`: builds an app and serves it on this machine.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Build an app and serve it on this machine.")
}
