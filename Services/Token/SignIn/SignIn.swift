import GatehouseCrypto
import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// Decides who gets in (06 § Users): one answer, and the same work, for whatever is wrong.
final class SignIn {
    /// What somebody has sent, and from where.
    ///
    /// A class, like all that asynchronous functions take here: see `OAuthRequest`.
    final class Attempt {
        /// Nil where what was typed is none.
        let email: EmailAddress?
        let password: String
        let address: Address
        let time: Timestamp
        let trace: Trace
        /// The browser has signed in to this account before.
        let isKnown: Bool
        /// The session that the browser had.
        let replaces: [UInt8]?

        init(
            email: String, password: String, from address: Address, at time: Timestamp, in trace: Trace, isKnown: Bool,
            replacing digest: [UInt8]?
        ) {
            self.email = try? EmailAddress(email)
            self.password = password
            self.address = address
            self.time = time
            self.trace = trace
            self.isKnown = isKnown
            replaces = digest
        }
    }

    enum Outcome {
        case signedIn(NewSession)
        /// The e-mail address or the password, and nobody is told which.
        case refused
        case throttled(seconds: Int)
        case addressDenied
    }

    private let store: SignInStore
    private let sessions: Sessions
    private let hashing: PasswordHashing
    private let throttle: SignInThrottle
    private let recorder: Recorder
    private let beyond: Tally<SignInFacts.Failure>
    private let relay: OutboxRelay

    /// `beyond` counts what was not even tried: a flood must not become a flood of rows.
    init(
        _ store: SignInStore, _ sessions: Sessions, _ hashing: PasswordHashing, _ throttle: SignInThrottle,
        _ recorder: Recorder, beyond: Tally<SignInFacts.Failure>, _ relay: OutboxRelay
    ) {
        self.store = store
        self.sessions = sessions
        self.hashing = hashing
        self.throttle = throttle
        self.recorder = recorder
        self.beyond = beyond
        self.relay = relay
    }

    func perform(_ attempt: Attempt) async throws -> Outcome {
        let tried = SignInThrottle.Attempt(
            account: attempt.email?.key ?? "", address: attempt.address, isKnown: attempt.isKnown)
        if let seconds = throttle.admit(tried, at: attempt.time) {
            guard beyond.count(failure(.throttled, of: nil, attempt), at: attempt.time) else { throw Self.unrecorded }
            return .throttled(seconds: seconds)
        }
        do {
            let outcome = try await outcome(of: attempt)
            switch outcome {
            case .signedIn: throttle.succeeded(tried)
            case .refused: throttle.failed(tried, at: attempt.time)
            case .addressDenied, .throttled: throttle.abandoned(tried)
            }
            return outcome
        } catch {
            throttle.abandoned(tried)
            throw error
        }
    }

    private func outcome(of attempt: Attempt) async throws -> Outcome {
        let found = try await store.find(attempt.email?.key ?? "", from: attempt.address)
        // The list is the same for everybody: nothing is told by it of any account.
        guard found.generalListAllows else {
            try await recorder.record([fact(.ipDenied, found, attempt)])
            return .addressDenied
        }
        let password = Password(attempt.password)
        let isRight = try await hashing.isRight(password, for: found)
        if let reason = reason(against: found, isRight) {
            try await recorder.record([fact(reason, found, attempt)])
            return .refused
        }
        let session = sessions.begin(at: attempt.time, replacing: attempt.replaces)
        guard let values = try await values(session, found, password, attempt), try await store.begin(values) else {
            try await recorder.record([fact(.userInactive, found, attempt)])
            return .refused
        }
        relay.wake()
        return .signedIn(session)
    }

    private func reason(against found: SignInStore.Finding, _ isRight: Bool) -> SignInFailure? {
        if found.user == nil { return .unknownUser }
        if found.hash == nil { return .noPassword }
        if !isRight { return .wrongPassword }
        return found.isActive ? nil : .userInactive
    }

    /// An outdated hash is made anew, now that the password is at hand.
    private func values(
        _ session: NewSession, _ found: SignInStore.Finding, _ password: Password?, _ attempt: Attempt
    ) async throws -> [Value]? {
        guard let user = found.user, let hash = found.hash, let password else { return nil }
        let renewed = hash.isOutdated ? try await hashing.hash(password) : nil
        let fact = SignInFacts.signedIn(user, from: attempt.address, at: attempt.time, in: attempt.trace)
        return SignInStore.values(
            session, of: user.id, passwordEpoch: found.passwordEpoch, renewing: renewed, fact)
    }

    private func failure(_ reason: SignInFailure, of user: Fact.User?, _ attempt: Attempt) -> SignInFacts.Failure {
        SignInFacts.Failure(user: user, email: attempt.email, reason: reason, address: attempt.address)
    }

    private func fact(_ reason: SignInFailure, _ found: SignInStore.Finding, _ attempt: Attempt) -> OutgoingFact {
        SignInFacts.failed(failure(reason, of: found.user, attempt), count: 1, at: attempt.time, in: attempt.trace)
    }

    private static let unrecorded = Problem(.unavailable, "What happened cannot be recorded now. Try again.")
}
