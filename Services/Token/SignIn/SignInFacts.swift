import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// Why somebody did not get in: for the log and the audit, never for them.
enum SignInFailure: String, Hashable, Error {
    case unknownUser = "unknown_user"
    case noPassword = "no_password"
    case wrongPassword = "wrong_password"
    case userInactive = "user_inactive"
    case ipDenied = "ip_denied_general"
    case throttled = "throttled"
}

/// What this service states about people (03 § Topics).
enum SignInFacts {
    /// Failures, single or (beyond the limit) counted.
    struct Failure: Hashable {
        let user: Fact.User?
        /// What was typed, where that is an e-mail address: people type passwords there, too.
        let email: EmailAddress?
        let reason: SignInFailure
        let address: Address
    }

    static func signedIn(_ user: Fact.User, from address: Address, at now: Timestamp, in trace: Trace) -> OutgoingFact {
        person(.userSignedIn, .login, user, address, now, trace)
    }

    static func signedOut(
        _ user: Fact.User, everywhere: Bool, from address: Address, at now: Timestamp, in trace: Trace
    ) -> OutgoingFact {
        let ended = everywhere ? [FieldChange("sessions", from: "all", to: "none")] : []
        return person(.userSignedOut, .logout, user, address, now, trace, ended)
    }

    static func passwordSet(_ user: Fact.User, from address: Address, at now: Timestamp, in trace: Trace)
        -> OutgoingFact
    {
        let fact = Fact(
            by: user, through: nil, .update, .user, [Fact.Object(user.id.text, name: user.name)], ip: address,
            changes: [FieldChange(redacting: "password")])
        return OutgoingFact(
            .userPasswordChanged, key: fact.key, subject: user.id.text, data: fact.json, at: now, in: trace)
    }

    static func failed(_ failure: Failure, count: Int, at now: Timestamp) -> OutgoingFact {
        failed(failure, count: count, at: now, in: nil)
    }

    static func failed(_ failure: Failure, count: Int, at now: Timestamp, in trace: Trace?) -> OutgoingFact {
        let typed = failure.email.map { Fact.Object($0.text, name: "") }
        let object = failure.user.map { Fact.Object($0.id.text, name: $0.name) } ?? typed
        let fact = Fact(
            by: failure.user, through: nil, .loginFailed, .user, object.map { [$0] } ?? [], outcome: .failed,
            reason: failure.reason.rawValue, ip: failure.address, count: count == 1 ? nil : Int64(count))
        return OutgoingFact(
            .userSignInFailed, key: fact.key, subject: object?.id ?? failure.address.text, data: fact.json, at: now,
            in: trace)
    }

    private static func person(
        _ type: EventType, _ operation: Operation, _ user: Fact.User, _ address: Address, _ now: Timestamp,
        _ trace: Trace, _ changes: [FieldChange] = []
    ) -> OutgoingFact {
        let fact = Fact(
            by: user, through: nil, operation, .user, [Fact.Object(user.id.text, name: user.name)], ip: address,
            changes: changes)
        return OutgoingFact(type, key: fact.key, subject: user.id.text, data: fact.json, at: now, in: trace)
    }
}
