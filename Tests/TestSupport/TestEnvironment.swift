import Foundation

/// What `Tests/run` prepares for the tests.
public enum TestEnvironment {
    /// A variable that `Tests/run` sets.
    public static func required(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { throw Missing(name: name) }
        return value
    }

    public struct Missing: Error, CustomStringConvertible {
        let name: String
        public var description: String {
            "\(name) is not set: run the tests by Tests/run, which starts what they need and sets it"
        }
    }
}
