/// Names a user: a UUID, or `system`, which is the nil UUID in columns.
public struct UserID: TextValue {
    public static let system = UserID(hi: 0, lo: 0)

    private let id: ID<UserID>

    public init(hi: UInt64, lo: UInt64) { id = ID(hi: hi, lo: lo) }

    /// A new one.
    public init(at time: Timestamp, random: (UInt64, UInt64)) { id = ID(at: time, random: random) }

    /// The nil UUID is not a second spelling of `system`.
    public init(_ text: String) throws(Problem) {
        if text == "system" {
            self = .system
        } else {
            guard let id = try? ID<UserID>(text), id.hi | id.lo != 0 else {
                throw Problem(.validation, "must be the id of a user")
            }
            self.id = id
        }
    }

    public var hi: UInt64 { id.hi }
    public var lo: UInt64 { id.lo }
    public var isSystem: Bool { self == .system }
    public var text: String { isSystem ? "system" : id.text }

    public static func < (left: Self, right: Self) -> Bool { left.id < right.id }
}
