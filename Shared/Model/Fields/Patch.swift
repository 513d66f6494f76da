/// What a merge patch says of a member that may be null (RFC 7396): nothing, null, or a value.
public enum Patch<Value> {
    case keep
    case clear
    case set(Value)

    public func applied(to current: Value?) -> Value? {
        switch self {
        case .keep: current
        case .clear: nil
        case .set(let value): value
        }
    }
}

extension Patch: Equatable where Value: Equatable {}
extension Patch: Sendable where Value: Sendable {}
