/// The sets of domains that users have, each once.
struct DomainSets: Sendable {
    /// The number of the set that every domain is in.
    static let all: UInt32 = 0
    static let none: UInt32 = 1

    private var names = Interned<DomainName>()
    /// From number 1 on; in order, to be searched.
    private var sets = Interned<[UInt32]>()

    init() { _ = sets.intern([]) }

    mutating func set(_ domains: Domains) -> UInt32 {
        switch domains {
        case .all: Self.all
        case .some(let domains): UInt32(sets.intern(domains.map { UInt32(names.intern($0)) }.sorted()) + 1)
        }
    }

    func contains(_ domain: DomainName, in set: UInt32) -> Bool {
        if set == Self.all { return true }
        guard let number = names.number(of: domain).map(UInt32.init) else { return false }
        return contains(number, sets[Int(set) - 1])
    }

    func domains(of set: UInt32) -> Domains {
        set == Self.all ? .all : .some(Set(sets[Int(set) - 1].map { names[Int($0)] }))
    }

    private func contains(_ number: UInt32, _ members: [UInt32]) -> Bool {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low] == number
    }
}
