import GatehouseCrypto
import GatehouseEventLoop
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// The signing keys in memory, and the loop that lets one follow another: published an hour before use, kept until the last token
/// has expired (06 § Tokens). Lives on the core.
final class KeyRing {
    /// How long a key is published before it signs.
    static let notice = Duration.seconds(3600)
    private static let pace = Duration.seconds(60)

    private struct Key {
        let useFrom: Timestamp
        let signer: JWS.Signer
        let verifier: JWS.Verifier
    }

    private let store: KeyStore
    private let sealing: AES256GCM
    private let life: Duration
    private let tokenLife: Duration
    private let log: Log
    private let events: Events
    private var keys: [String: Key] = [:]
    private var order: [String] = []
    private var lastRead: ContinuousClock.Instant?
    /// Readings are counted as they begin: what an earlier one has found is not put over what a later one has.
    private var readings = (begun: 0, inserted: 0)
    /// The public halves, for `/oauth/jwks`.
    private(set) var published: JSON = ["keys": []]
    /// Grows whenever the keys change: what was verified before is verified anew.
    private(set) var generation = 0

    /// `life`: how long a key signs; `tokenLife`: the longest life of what it signs.
    init(
        _ store: KeyStore, sealingKey: [UInt8], life: Duration, tokenLife: Duration, _ log: Log, on core: isolated Core
    ) throws {
        self.store = store
        sealing = try AES256GCM(key: sealingKey)
        self.life = life
        self.tokenLife = tokenLife
        self.log = log
        events = core.events
    }

    var isReady: Bool { !order.isEmpty }

    /// The key that signs at `now`: the newest that may.
    func signer(at now: Timestamp) -> JWS.Signer? {
        for id in order.reversed() {
            if let key = keys[id], key.useFrom <= now { return key.signer }
        }
        return nil
    }

    func verifier(_ id: String) -> JWS.Verifier? { keys[id]?.verifier }

    /// For a key that another replica may have made: once a second at most.
    func readAgain() async {
        if let lastRead, lastRead.duration(to: .now) < .seconds(1) { return }
        try? await read()
    }

    /// Until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await turn(at: .now())
                try? await events.sleep(for: Self.pace)
            } catch {
                log.warning("signing keys cannot be read", ["cause": .string("\(error)")])
                try? await events.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Makes the next key where it is time, ends the expired, and reads what is there.
    func turn(at now: Timestamp) async throws {
        try await store.extend { [self] rows in try next(after: rows, at: now) }
        try await store.expire(at: now)
        try await read()
    }

    private func next(
        after rows: [SigningKeyRow], at now: Timestamp
    ) throws -> (key: SigningKeyRow, predecessorExpires: Timestamp)? {
        let newest = rows.last
        if let newest, newest.useFrom + life - Self.notice > now { return nil }
        // The first key is used at once: policy asks for a key that it does not know.
        let useFrom = newest.map { max($0.useFrom + life, now + Self.notice) } ?? now
        let key = SigningKey()
        let jwk = JWK(key.verifyingKey)
        let id = jwk.thumbprint
        var member = jwk.json.object ?? [:]
        member["kid"] = .string(id)
        member["use"] = "sig"
        member["alg"] = "ES256"
        let row = SigningKeyRow(
            id: id, jwk: JSON.object(member).bytes, sealed: sealing.seal(key.pkcs8, additional: Array(id.utf8)),
            useFrom: useFrom, expires: nil)
        return (row, useFrom + tokenLife + .seconds(300))
    }

    private func read() async throws {
        lastRead = .now
        readings.begun += 1
        let reading = readings.begun
        let rows = try await store.all()
        await Fault.pause(.keysBeforeInsert, events)
        guard reading > readings.inserted else { return }
        readings.inserted = reading
        let ids = rows.map(\.id)
        guard ids != order else { return }
        var keys: [String: Key] = [:]
        for row in rows {
            let key = try SigningKey(pkcs8: sealing.open(row.sealed, additional: Array(row.id.utf8)))
            keys[row.id] = Key(
                useFrom: row.useFrom, signer: JWS.Signer(key, keyID: row.id, type: AccessToken.type),
                verifier: JWS.Verifier(key.verifyingKey))
        }
        self.keys = keys
        order = ids
        published = ["keys": .array(try rows.map { try JSON(parsing: $0.jwk) })]
        generation += 1
    }
}
