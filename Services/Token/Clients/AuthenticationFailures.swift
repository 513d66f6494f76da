import GatehouseModel
import GatehousePlatform

/// What follows a failed authentication: a fact for the log, and 429 in place of 401 after too many.
final class AuthenticationFailures {
    private let limits: FailureLimits
    private let recorder: Recorder
    private let beyond: Tally<TokenFacts.Failure>

    /// `beyond` counts what comes after the limit: a flood must not become a flood of rows.
    init(_ limits: FailureLimits, _ recorder: Recorder, beyond: Tally<TokenFacts.Failure>) {
        self.limits = limits
        self.recorder = recorder
        self.beyond = beyond
    }

    /// Returns when the failure is told; throws what is answered in place of 401.
    func record(_ failure: TokenFacts.Failure, _ asked: OAuthRequest) async throws {
        let client = failure.client?.text ?? ""
        if let seconds = limits.fail(client: client, address: failure.address, at: asked.time) {
            guard beyond.count(failure, at: asked.time) else { throw OAuthError.unavailable(nil) }
            throw OAuthError.tooManyFailures(retryAfter: seconds)
        }
        try await recorder.record(TokenFacts.failed(failure, count: 1, at: asked.time, in: asked.trail.trace))
    }
}
