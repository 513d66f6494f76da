import GatehouseModel

/// A token of ours whose signature has been checked; what the state says of it is asked at every request.
final class VerifiedToken {
    let token: AccessToken
    /// When its signature is checked anew.
    let until: ContinuousClock.Instant
    private var identity: Identity?
    private var edition = -1

    init(_ token: AccessToken, until: ContinuousClock.Instant) {
        self.token = token
        self.until = until
    }

    /// Who calls, in the words of the answer's headers: made once for each edition of the state.
    func identity(_ decision: Decision, in held: HeldState) -> Identity? {
        if edition == held.edition, let identity { return identity }
        identity = Identity(decision, in: held.access)
        edition = held.edition
        return identity
    }
}
