import GatehouseCrypto
import GatehouseHTTP
import GatehouseJSON
public import GatehouseModel
public import GatehousePostgres

/// A caller's claim that a change is made once: by an `Idempotency-Key`, on one route, with one body, for a day (04 § Idempotency).
public struct Claim: Sendable {
    /// How long it holds.
    static let life = Duration.seconds(86_400)

    /// The application and the user: no caller meets another's answers.
    let caller: String
    /// Method and path as they were sent: the same key on another application's secret is another claim.
    let route: String
    let key: String
    /// Of what the body says, whatever its white space, its escapes and the order of its members: whoever sends it again from its
    /// parts must not be told that it is another.
    let digest: [UInt8]
    let time: Timestamp
    private let keys: AnswerKeys

    /// The claim of a call; nil where it makes none.
    public init?(_ call: Call, _ keys: AnswerKeys) throws(Problem) {
        guard let key = try IdempotencyKey(call.request) else { return nil }
        caller = "\(call.caller.application?.clientID.text ?? "session") \(call.caller.user.id.text)"
        route = "\(call.request.method) \(call.request.path)"
        self.key = key.text
        digest = SHA256.digest(try call.json().canonical.bytes)
        time = call.now
        self.keys = keys
    }

    /// What a statement with `ClaimClauses` takes; `answer` is kept sealed.
    func values(keeping answer: [UInt8]) -> [Value] {
        let (keyID, sealed) = keys.seal(answer, at: place)
        return [
            .id(ID<Claim>.fresh(at: time)), .text(caller), .text(route), .text(key), .bytea(digest), .text(keyID),
            .bytea(sealed),
        ]
    }

    /// What was kept; a problem where that was the answer to another body.
    public func open(_ kept: KeptAnswer) throws(Problem) -> [UInt8] {
        guard kept.digest == digest else {
            throw Problem(field: IdempotencyKey.header, "was used on this path with another body")
        }
        guard let answer = keys.open(kept.sealed, under: kept.keyID, at: place) else {
            throw Problem(.conflict, "This was done before; its answer can no longer be read. Look at what is there.")
        }
        return answer
    }

    /// No part can be taken for another: none but the key has a line break, and that has none.
    private var place: [UInt8] { Array("\(caller)\n\(route)\n\(key)\n".utf8) + digest }

    /// Somebody else's claim by this key holds.
    public static let isTaken = Problem(
        .conflict, "A request with this \(IdempotencyKey.header) is still running. Ask again with the same.")
}

extension Claim? {
    /// Makes the change, unless it was made before: then its answer is found. Who was too late to make it, for whatever reason, looks
    /// once more: with `If-Match`, the first has made the second's condition untrue.
    public func once<Answer>(
        _ find: (Claim) async throws -> Answer?, _ change: () async throws -> Answer
    ) async throws -> Answer {
        guard let claim = self else { return try await change() }
        if let answer = try await find(claim) { return answer }
        do { return try await change() } catch {
            if let answer = try await find(claim) { return answer }
            let problem = Problem(of: error)
            // Whose lock was not to be had cannot be told: most likely that of the first request.
            if case .timeout(.lock)? = problem.cause as? PostgresError { throw Claim.isTaken }
            throw problem
        }
    }

    /// As `Claim.values`; nulls where there is no claim, which the clauses pass over.
    public func values(keeping answer: @autoclosure () -> [UInt8]) -> [Value] {
        self?.values(keeping: answer())
            ?? [.uuid(nil), .text(nil), .text(nil), .text(nil), .bytea(nil), .text(nil), .bytea(nil)]
    }
}

extension JSON {
    /// The same value, however it was written.
    fileprivate var canonical: JSON {
        switch self {
        case .null, .bool, .integer, .number, .string: self
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let object):
            .object(Object(object.members.sorted { $0.name < $1.name }.map { ($0.name, $0.value.canonical) }))
        }
    }
}
