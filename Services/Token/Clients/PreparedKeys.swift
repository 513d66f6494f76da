import GatehouseCrypto
import GatehouseJSON
import GatehouseModel

/// The keys of clients made ready, for what that costs; whose set is another than before has it made ready anew. Lives on its core.
final class PreparedKeys {
    /// Keys at once; beyond it all are forgotten.
    private static let room = 5_000

    private final class Prepared {
        /// As the database said it.
        let json: [UInt8]
        let keys: [Key]

        init(_ json: [UInt8]) {
            self.json = json
            // What was let in once and is no key any more is nobody's.
            let stated = (try? JSON(parsing: json))?["keys"]?.array ?? []
            keys = stated.compactMap { try? JWK($0) }.filter { !$0.isSecret }.map { Key(id: $0.keyID, $0.verifier) }
        }
    }

    private final class Key {
        let id: String?
        let verifier: JWS.Verifier

        init(id: String?, _ verifier: JWS.Verifier) {
            self.id = id
            self.verifier = verifier
        }
    }

    private var prepared: [ClientID: Prepared] = [:]
    private var count = 0
    private let decoys: [JWS.Verifier]

    init() throws { decoys = try Self.decoys.map { try JWK($0).verifier } }

    /// Whether a key of the client has signed it: the one that it names, or any that is for its algorithm. `json` is the client's set.
    ///
    /// Where there is no such key, and no such client, another is asked in its place, whatever it says: the same work.
    func haveSigned(_ assertion: ClientAssertion, _ json: [UInt8]?) -> Bool {
        let fitting = keys(of: assertion.client, json).filter { key in
            key.verifier.algorithms.contains(assertion.algorithm)
                && (assertion.keyID == nil || key.id == assertion.keyID)
        }
        if fitting.isEmpty {
            for decoy in decoys where decoy.algorithms.contains(assertion.algorithm) {
                _ = assertion.isSigned(by: decoy)
            }
        }
        return fitting.contains { assertion.isSigned(by: $0.verifier) }
    }

    private func keys(of client: ClientID, _ json: [UInt8]?) -> [Key] {
        guard let json else { return [] }
        if let known = prepared[client], known.json == json { return known.keys }
        if count >= Self.room {
            prepared.removeAll(keepingCapacity: true)
            count = 0
        }
        let fresh = Prepared(json)
        count += fresh.keys.count - (prepared[client]?.keys.count ?? 0)
        prepared[client] = fresh
        return fresh.keys
    }

    /// The examples of RFC 7515 (A.2, A.3) and RFC 8037 (A.2): what is signed by them counts for nothing.
    private static let decoys: [JSON] = [
        [
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ],
        [
            "kty": "RSA", "e": "AQAB",
            "n": .string(
                "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2"
                    + "lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo"
                    + "7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethF"
                    + "kMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"),
        ],
        ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
    ]
}
