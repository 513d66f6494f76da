extension JSON {
    /// The members of a JSON object, in their order, each name once.
    public struct Object: Sendable {
        public private(set) var members: [(name: String, value: JSON)] = []

        // Only above `few` members; below, looking at each is faster.
        private var places: [String: Int] = [:]
        private static let few = 12

        public init() {}

        /// Of two members of one name, the later counts.
        public init(_ members: some Sequence<(String, JSON)>) {
            for (name, value) in members { self[name] = value }
        }

        /// Setting nil removes the member; `.null` is a value like any other.
        public subscript(name: String) -> JSON? {
            get { place(of: name).map { members[$0].value } }
            set {
                switch (place(of: name), newValue) {
                case (let place?, let value?): members[place].value = value
                case (let place?, nil): remove(at: place)
                case (nil, let value?): append(name, value)
                case (nil, nil): break
                }
            }
        }

        public var names: [String] { members.map(\.name) }
        public var isEmpty: Bool { members.isEmpty }

        /// False, and nothing done, where the name is taken.
        mutating func add(_ name: String, _ value: JSON) -> Bool {
            guard place(of: name) == nil else { return false }
            append(name, value)
            return true
        }

        private func place(of name: String) -> Int? {
            places.isEmpty ? members.firstIndex { $0.name == name } : places[name]
        }

        private mutating func append(_ name: String, _ value: JSON) {
            members.append((name, value))
            if !places.isEmpty {
                places[name] = members.count - 1
            } else if members.count > Self.few {
                index()
            }
        }

        private mutating func remove(at place: Int) {
            members.remove(at: place)
            places = [:]
            if members.count > Self.few { index() }
        }

        private mutating func index() {
            for (place, member) in members.enumerated() { places[member.name] = place }
        }
    }
}

/// Two objects are equal whatever the order of their members.
extension JSON.Object: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = Hasher()
            one.combine(member.name)
            one.combine(member.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSON)...) { self.init(members) }
}
