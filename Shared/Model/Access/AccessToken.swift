/// An access token of ours whose signature, issuer and audience have been verified: what it says, ready for decisions.
///
/// Immutable, so that a cache may hold it; what the state says of it is asked anew at every decision.
public final class AccessToken: Sendable {
    public struct Claims: Sendable, Hashable {
        public var id: ID<AccessToken>
        public var clientID: ClientID
        public var user: UserID
        public var scopes: [Scope]
        public var expires: Timestamp
        /// The application's epoch when the token was issued.
        public var epoch: Int64
        /// The user's epoch when the token was issued.
        public var userEpoch: Int64
        /// In the code flow.
        public var grant: ID<Grant>?
        /// The `kid` of the key that verified it.
        public var key: String

        public init(
            id: ID<AccessToken>, clientID: ClientID, user: UserID, scopes: [Scope], expires: Timestamp, epoch: Int64,
            userEpoch: Int64, grant: ID<Grant>? = nil, key: String
        ) {
            self.id = id
            self.clientID = clientID
            self.user = user
            self.scopes = scopes
            self.expires = expires
            self.epoch = epoch
            self.userEpoch = userEpoch
            self.grant = grant
            self.key = key
        }
    }

    public let claims: Claims
    let client: ClientKey
    private let scopes: Bits
    private let edition: Int

    /// Any state will do, now and later; the one that decides makes it fast.
    public init(_ claims: Claims, for state: AccessState) {
        self.claims = claims
        client = ClientKey(claims.clientID)
        scopes = state.scopes.known(of: claims.scopes)
        edition = state.scopes.edition
    }

    /// Its scopes by the numbers of a vocabulary, which may have grown since.
    func scopes(in vocabulary: ScopeVocabulary) -> Bits {
        vocabulary.edition == edition ? scopes : vocabulary.known(of: claims.scopes)
    }
}

/// A user's consent to an application; its rows are the token service's.
public enum Grant {}
