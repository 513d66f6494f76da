/// A session as it was read for this decision: it speaks for a user, and for no application.
public struct AccessSession: Sendable, Hashable {
    public var user: UserID
    /// The user's epoch when it began.
    public var userEpoch: Int64
    public var expires: Timestamp
    /// Whether the request that shows it comes from a page of ours: another site's would have the browser send it along, too.
    public var isFromOurSite: Bool

    public init(user: UserID, userEpoch: Int64, expires: Timestamp, isFromOurSite: Bool) {
        self.user = user
        self.userEpoch = userEpoch
        self.expires = expires
        self.isFromOurSite = isFromOurSite
    }
}
