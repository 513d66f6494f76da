import GatehouseModel
import TestSupport
import Testing

/// P5: a million random pairs against a reference that shares nothing with the model but the texts.
struct AddressRangesTests {
    @Test func `a million random pairs agree with a reference that compares bit by bit`() throws {
        var random = SeededRandom(seed: 0x5EED)
        var hits = 0
        for _ in 0..<2_000 {
            let networks = (0..<Int.random(in: 0...20, using: &random)).map { _ in Bits.Network(using: &random) }
            let ranges = try AddressRanges(networks.map { try AddressRange($0.text) })
            for _ in 0..<500 {
                let address = Bits(near: networks, using: &random)
                let expected = networks.contains { $0.holds(address) }
                guard ranges.contains(try Address(address.text)) != expected else {
                    hits += expected ? 1 : 0
                    continue
                }
                Issue.record("\(address.text) in \(networks.map(\.text))")
            }
        }
        #expect(hits > 100_000, "the pairs must not all be misses")
    }

    @Test func `bounds are sorted, disjoint and apart`() throws {
        let ranges = try ["10.0.0.5-10.0.0.9", "10.0.0.0-10.0.0.4", "10.0.0.7", "10.0.0.11", "::/0", "255.0.0.0/8"]
            .map { try AddressRange($0) }
        let bounds = AddressRanges(ranges).bounds
        #expect(
            bounds.map { "\($0.low) \($0.high)" } == [
                ":: ::fffe:ffff:ffff", "10.0.0.0 10.0.0.9", "10.0.0.11 10.0.0.11",
                "255.0.0.0 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            ])
        #expect(AddressRanges(bounds.reversed()).bounds == bounds)
    }

    @Test func `an empty set contains nothing`() throws {
        #expect(AddressRanges.none.isEmpty)
        #expect(!AddressRanges.none.contains(try Address("10.0.0.1")))
        #expect(
            try AddressRanges([AddressRanges.Bounds(low: Address("::2"), high: Address("::1"))])
                .isEmpty)
    }
}

/// An address as the reference sees it: its family and its bits in a list.
private struct Bits {
    var bits: [Bool]

    var isIPv4: Bool { bits.count == 32 }

    init(bits: [Bool]) {
        self.bits = bits
    }

    /// Every other address lies at or beside an edge of a network, where mistakes live.
    init(near networks: [Network], using random: inout SeededRandom) {
        guard let network = networks.randomElement(using: &random), Bool.random(using: &random) else {
            self.init(random: Bool.random(using: &random) ? 32 : 128, using: &random)
            return
        }
        let fill = Bool.random(using: &random)
        self.init(bits: network.prefix + (network.prefix.count..<network.width).map { _ in fill })
        if Bool.random(using: &random), let flipped = bits.indices.randomElement(using: &random) {
            bits[flipped].toggle()
        }
    }

    private init(random width: Int, using random: inout SeededRandom) {
        bits = (0..<width).map { _ in Bool.random(using: &random) }
    }

    var text: String {
        isIPv4
            ? stride(from: 0, to: 32, by: 8).map { String(number(at: $0, width: 8)) }.joined(separator: ".")
            : stride(from: 0, to: 128, by: 16).map { String(number(at: $0, width: 16), radix: 16) }.joined(
                separator: ":")
    }

    private func number(at start: Int, width: Int) -> Int {
        bits[start..<start + width].reduce(0) { $0 * 2 + ($1 ? 1 : 0) }
    }

    struct Network {
        let prefix: [Bool]
        let width: Int

        init(using random: inout SeededRandom) {
            width = Bool.random(using: &random) ? 32 : 128
            let length = Int.random(in: 0...width, using: &random)
            prefix = (0..<length).map { _ in Bool.random(using: &random) }
        }

        var text: String {
            Bits(bits: prefix + [Bool](repeating: false, count: width - prefix.count)).text + "/\(prefix.count)"
        }

        func holds(_ address: Bits) -> Bool {
            address.bits.count == width && address.bits.starts(with: prefix)
        }
    }
}
