/// The result of every check of one decision; a check goes by the reason that its failure would be.
public struct Checks: Sendable, Hashable {
    public enum Result: String, Sendable, Hashable {
        case pass
        case fail
        /// Not applicable, or nothing is known to check it on.
        case skip
    }

    // One bit per reason, in their order; neither bit means skip.
    private var passed: UInt32 = 0
    private var failed: UInt32 = 0

    public init() {}

    public subscript(check: Reason) -> Result {
        get {
            if failed & check.bit != 0 { return .fail }
            return passed & check.bit != 0 ? .pass : .skip
        }
        set {
            passed = newValue == .pass ? passed | check.bit : passed & ~check.bit
            failed = newValue == .fail ? failed | check.bit : failed & ~check.bit
        }
    }

    /// The first failure in the order of checking; nil when the request is allowed.
    public var reason: Reason? {
        failed == 0 ? nil : Reason.allCases[failed.trailingZeroBitCount]
    }
}

extension Reason {
    fileprivate var bit: UInt32 { 1 << order }

    private var order: UInt32 {
        switch self {
        case .stateStale: 0
        case .tokenMissing: 1
        case .tokenMalformed: 2
        case .tokenExpired: 3
        case .applicationUnknown: 4
        case .applicationDisabled: 5
        case .tokenRevoked: 6
        case .userUnknown: 7
        case .userInactive: 8
        case .ipUnresolved: 9
        case .ipDeniedGeneral: 10
        case .ipDeniedApplication: 11
        case .routeUnknown: 12
        case .internalRuleDenied: 13
        case .crossSite: 14
        case .insufficientScope: 15
        case .permissionDenied: 16
        case .domainDenied: 17
        }
    }
}
