/// What a decision needs of one application, in less than 100 bytes.
struct ApplicationRow: Row {
    let key: ClientKey
    var name = TextPool.Place()
    var scopes = Bits()
    var ranges = AddressRanges.none
    var minEpoch: Int64 = 0
    var revision = Revision.unseen
    /// The number of its kind; -1 for one that a user defined.
    var kind: Int32 = -1
    var isEnabled = false
    var isDeleted = true

    static func hash(_ key: ClientKey) -> UInt64 { key.words.0 ^ key.words.1 &* 31 ^ key.words.2 &* 37 ^ key.words.3 }
}

/// A client ID in 32 bytes.
struct ClientKey: Sendable, Equatable {
    fileprivate let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ id: ClientID) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for byte in id.text.utf8 {
            words = (
                words.0 << 8 | words.1 >> 56, words.1 << 8 | words.2 >> 56, words.2 << 8 | words.3 >> 56,
                words.3 << 8 | UInt64(byte)
            )
        }
        self.words = words
    }

    static func == (one: ClientKey, other: ClientKey) -> Bool { one.words == other.words }

    var text: String {
        let bytes = [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
