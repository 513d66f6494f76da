/// How it ended. Open, as `Operation` is.
public struct Outcome: OpenName {
    public static let allowed = Outcome("allowed")
    public static let denied = Outcome("denied")
    public static let failed = Outcome("failed")

    public static let known = [allowed, denied, failed]

    public let text: String

    public init(_ text: String) { self.text = text }
}
