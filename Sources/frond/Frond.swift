import Commands
import Foundation

/// The executable; everything it does is in `Commands`.
@main
enum Frond {
    static func main() async {
        exit(await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
    }
}
