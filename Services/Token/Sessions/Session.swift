import GatehouseModel
import GatehousePlatform
import GatehousePostgres

/// A session that lives: who is signed in in a browser.
final class Session: Sendable {
    let digest: [UInt8]
    let user: Fact.User
    let email: String
    /// The user's epoch when it began.
    let userEpoch: Int64
    let created: Timestamp
    let idleUntil: Timestamp
    let expires: Timestamp
    /// Whether the address that it is used from is on the general list.
    let generalListAllows: Bool

    /// Columns of `SessionStore.find`.
    init(row: inout RowReader) throws {
        digest = try row.bytea()
        let id = try row.user()
        user = Fact.User(id, name: try row.text())
        email = try row.text()
        userEpoch = try row.int8()
        created = try row.timestamp()
        idleUntil = try row.timestamp()
        expires = try row.timestamp()
        generalListAllows = try row.bool()
    }
}

/// A session that begins.
final class NewSession: Sendable {
    let id = SessionID()
    let begins: Timestamp
    let idleUntil: Timestamp
    let expires: Timestamp
    /// The one that the browser had: it ends. Nothing of it goes on, so that no id that somebody else knows is ever signed in.
    let replaces: [UInt8]?

    init(begins: Timestamp, idleUntil: Timestamp, expires: Timestamp, replaces: [UInt8]?) {
        self.begins = begins
        self.idleUntil = idleUntil
        self.expires = expires
        self.replaces = replaces
    }
}

/// How long sessions live.
struct SessionLives: Sendable {
    /// Without being used.
    let idle: Duration
    let whole: Duration

    func begin(at now: Timestamp, replacing digest: [UInt8]?) -> NewSession {
        NewSession(begins: now, idleUntil: now + idle, expires: now + whole, replaces: digest)
    }
}
