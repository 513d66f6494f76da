/// What a decision needs of one user, in less than 60 bytes: roles and domains are shared with whoever has the same.
struct UserRow: Row {
    let key: UserID
    var name = TextPool.Place()
    var minEpoch: Int64 = 0
    var revision = Revision.unseen
    var roles: UInt32 = 0
    var domains: UInt32 = 0
    var isActive = false
    var isDeleted = true

    static func hash(_ key: UserID) -> UInt64 { key.hi ^ key.lo &* 31 }
}
