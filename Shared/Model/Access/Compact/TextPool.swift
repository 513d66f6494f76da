/// Many short texts in one block of bytes, where a million strings would be a million allocations.
struct TextPool: Sendable {
    struct Place: Sendable {
        fileprivate(set) var offset: UInt32 = 0
        fileprivate(set) var length: UInt32 = 0
    }

    private var bytes: [UInt8] = []
    /// How many of them no place refers to any more.
    private var wasted = 0

    subscript(place: Place) -> String {
        String(decoding: bytes[Int(place.offset)..<Int(place.offset + place.length)], as: UTF8.self)
    }

    mutating func set(_ place: inout Place, to text: String) {
        let utf8 = text.utf8
        wasted += Int(place.length)
        if utf8.count <= Int(place.length) {
            bytes.replaceSubrange(Int(place.offset)..<Int(place.offset) + utf8.count, with: utf8)
            wasted -= utf8.count
        } else {
            place.offset = UInt32(bytes.count)
            bytes.append(contentsOf: utf8)
        }
        place.length = UInt32(utf8.count)
    }

    /// Takes a text over from another pool.
    mutating func move(_ place: inout Place, from pool: TextPool) {
        let text = pool.bytes[Int(place.offset)..<Int(place.offset + place.length)]
        place.offset = UInt32(bytes.count)
        bytes.append(contentsOf: text)
    }

    /// Whether it pays to move every text into a new pool.
    var isWasteful: Bool { wasted > 1 << 20 && wasted > bytes.count / 2 }
}
