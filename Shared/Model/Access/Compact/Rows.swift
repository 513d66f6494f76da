/// An element of `Rows`, found by a key that it holds itself.
protocol Row: Sendable {
    associatedtype Key: Equatable

    var key: Key { get }
    /// Keys are random or made by us, so their hash needs no secret.
    static func hash(_ key: Key) -> UInt64
}

/// Rows in the order in which they came, found by key through 4 bytes each; none is taken out: what is deleted is marked.
struct Rows<Element: Row>: Sendable {
    private(set) var all: [Element] = []
    /// A place in `all` + 1; 0 is free. A power of two of them, at most three quarters taken.
    private var slots = [UInt32](repeating: 0, count: 16)

    subscript(place: Int) -> Element {
        get { all[place] }
        _modify { yield &all[place] }
    }

    func place(of key: Element.Key) -> Int? {
        var slot = start(key)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if all[place].key == key { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The caller has looked: no row has the key yet.
    mutating func append(_ row: Element) -> Int {
        all.append(row)
        if all.count * 4 > slots.count * 3 {
            slots = [UInt32](repeating: 0, count: slots.count * 2)
            for place in all.indices { enter(place) }
        } else {
            enter(all.count - 1)
        }
        return all.count - 1
    }

    private mutating func enter(_ place: Int) {
        var slot = start(all[place].key)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(place + 1)
    }

    /// Fibonacci hashing: the upper bits of the product depend on all bits of the hash.
    private func start(_ key: Element.Key) -> Int {
        Int(truncatingIfNeeded: (Element.hash(key) &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
    }
}
