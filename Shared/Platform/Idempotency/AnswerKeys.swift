import GatehouseCrypto
import GatehouseModel

/// What answers are sealed with that are kept for whoever asks again: AES-256 keys with ids, so that one can follow another.
public struct AnswerKeys: Sendable {
    private let keys: [(id: String, key: [UInt8])]

    /// `GATEHOUSE_ANSWER_KEYS`: `id:key[,id:key…]`, keys of 32 bytes in base64url; the first seals, all open.
    public init(_ configuration: Configuration) throws(Configuration.Failure) {
        keys = try configuration.keys("ANSWER_KEYS", of: 32...32)
    }

    /// `place`: where the answer stands; elsewhere it cannot be opened.
    func seal(_ answer: [UInt8], at place: [UInt8]) -> (keyID: String, sealed: [UInt8]) {
        do { return (keys[0].id, try AES256GCM(key: keys[0].key).seal(answer, additional: place)) } catch {
            preconditionFailure("an answer key has 32 bytes")
        }
    }

    /// Nil where the key is gone, or what was sealed is not what it was.
    func open(_ sealed: [UInt8], under id: String, at place: [UInt8]) -> [UInt8]? {
        guard let key = keys.first(where: { $0.id == id }) else { return nil }
        return try? AES256GCM(key: key.key).open(sealed, additional: place)
    }
}
