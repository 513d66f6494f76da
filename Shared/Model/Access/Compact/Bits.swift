/// A set of small numbers: 64 fit without an allocation, and more may come.
struct Bits: Sendable, Hashable {
    private var first: UInt64 = 0
    /// The numbers from 64 on; the last word is never 0, so that equal sets are equal values.
    private var rest: [UInt64] = []

    init() {}

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    var isEmpty: Bool { first == 0 && rest.isEmpty }

    func contains(_ number: Int) -> Bool {
        if number < 64 { return first & 1 << number != 0 }
        let word = number / 64 - 1
        return word < rest.count && rest[word] & 1 << (number % 64) != 0
    }

    mutating func insert(_ number: Int) {
        if number < 64 {
            first |= 1 << number
        } else {
            while rest.count < number / 64 { rest.append(0) }
            rest[number / 64 - 1] |= 1 << (number % 64)
        }
    }

    mutating func formUnion(_ other: Bits) {
        first |= other.first
        while rest.count < other.rest.count { rest.append(0) }
        for word in other.rest.indices { rest[word] |= other.rest[word] }
    }

    func intersection(_ other: Bits) -> Bits {
        var common = Bits()
        common.first = first & other.first
        if !rest.isEmpty, !other.rest.isEmpty {
            common.rest = zip(rest, other.rest).map { $0 & $1 }
            while common.rest.last == 0 { common.rest.removeLast() }
        }
        return common
    }

    func isDisjoint(with other: Bits) -> Bool {
        first & other.first == 0 && zip(rest, other.rest).allSatisfy { $0 & $1 == 0 }
    }

    func isSubset(of other: Bits) -> Bool {
        first & ~other.first == 0 && rest.count <= other.rest.count
            && zip(rest, other.rest).allSatisfy { $0 & ~$1 == 0 }
    }

    /// In order.
    var numbers: [Int] {
        (0..<64 * (rest.count + 1)).filter(contains)
    }
}
